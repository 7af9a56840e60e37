/** Told apart in both schemes, and by people who do not see all colours. */
const COLORS: readonly (readonly [light: string, dark: string])[] = [
  ['#4a4a4a', '#c8c8c8'],
  ['#0b67b2', '#5ab0f5'],
  ['#7aa6c8', '#3f7ea8'],
  ['#c2410c', '#fb923c'],
  ['#e08a5b', '#c66a33'],
  ['#15803d', '#4ade80'],
  ['#72b28a', '#3c9a60'],
  ['#7e22ce', '#c084fc'],
  ['#b07fd6', '#8f5fbf'],
  ['#be123c', '#fb7185'],
  ['#d77a90', '#c14d66'],
  ['#854d0e', '#facc15'],
  ['#b58a4a', '#b89a2f'],
  ['#0f766e', '#2dd4bf'],
  ['#5fa8a2', '#3a9a8e'],
  ['#3f6212', '#a3e635'],
  ['#8fae5a', '#7ba02a'],
]

const variables = (scheme: 0 | 1): string => COLORS.map((pair, at) => `--c${at}:${pair[scheme]}`).join(';')
const classes = COLORS.map((_, at) => {
  const color = `var(--c${at})`
  const filled = `.c${at} circle,.f${at}{fill:${color};stroke:none}`
  return `.c${at}{stroke:${color};fill:none}${filled}.k${at}::before{background:${color}}`
}).join('')

export const STYLE: string = `
:root{color-scheme:light dark;--back:#fff;--text:#1a1a1a;--dim:#666;--line:#ddd;--limit:#c00;${variables(0)}}
@media(prefers-color-scheme:dark){:root{--back:#151515;--text:#eee;--dim:#999;--line:#333;--limit:#f66;${variables(1)}}}
body{background:var(--back);color:var(--text);font:15px/1.5 system-ui,sans-serif}
body{max-width:920px;margin:0 auto;padding:1.5rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}h3{font-size:1rem}
.note,.legend,dt{color:var(--dim)}dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1rem}dd{margin:0}
svg{width:100%;height:auto}svg text{fill:var(--text);font-size:11px}polyline,path{stroke-width:1.5}
.grid{stroke:var(--line)}.limit{stroke:var(--limit);stroke-dasharray:4 3}
.legend span{margin-right:1rem;white-space:nowrap}
.legend span::before{content:'';display:inline-block;width:.8em;height:.8em;margin-right:.4em}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13px}
th,td{padding:.2rem .6rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left}
${classes}`
