import { digits } from '../format.js'
import type { Results } from '../results.js'
import { FIELD } from '../systems/field.js'
import { embedded, escaped } from './escape.js'
import { faultSections } from './fault-sections.js'
import { htmlTable, note, section } from './html-table.js'
import { capacitySections, latencySections, ratioSection, scaleSections } from './measured-sections.js'
import type { ColorOf } from './measured-sections.js'
import { STYLE } from './style.js'

/** One file that asks nobody for anything: figures, plots, and the raw results inside. */
export function reportHtml(results: Results): string {
  const { measured, capacities, ratios, faults, growth, bench, systems, skipped } = results
  const colorOf: ColorOf = (system) => {
    return Math.max(
      0,
      FIELD.findIndex(({ name }) => name === system),
    )
  }
  const parts = [
    ...capacitySections(capacities, colorOf),
    ...latencySections(measured, colorOf),
    ...scaleSections(measured, growth, colorOf),
    ...faultSections(faults, colorOf),
    ...ratioSection(ratios),
    section(
      'Systems',
      htmlTable(
        ['name', 'what', 'settings'],
        systems.map(({ name, title, settings }) => [name, title, settings]),
      ),
    ),
    ...(skipped.length === 0
      ? []
      : [
          section(
            'Skipped',
            htmlTable(
              ['what', 'why'],
              skipped.map(({ name, reason }) => [name, reason]),
            ),
          ),
        ]),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>llft bench ${bench}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>llft bench ${bench}</h1>
${headHtml(results)}
${note('Figures of one run compare with each other only: the machine was the same for all of them, in turn.')}
${parts.join('\n')}
<script type="application/json" id="results">${embedded(results)}</script>
</body>
</html>
`
}

function headHtml({ machine, startedAt, tookMs, seed, protocol, quick }: Results): string {
  const facts = [
    ['when', `${startedAt}, ${digits(tookMs / 1000)} s${quick ? ', quick' : ''}`],
    ['version', `${machine.version}${machine.commit === null ? '' : `, commit ${machine.commit}`}`],
    ['Node', machine.node],
    [
      'machine',
      `${machine.processors} × ${machine.model}, ${digits(machine.memoryBytes / 2 ** 30)} GiB, ${machine.kernel}`,
    ],
    ['load before', digits(machine.loadAverage)],
    ['requests', `${protocol}, seed ${seed}`],
  ]
  return `<dl>${facts.map(([name = '', text = '']) => `<dt>${name}</dt><dd>${escaped(text)}</dd>`).join('')}</dl>`
}
