import type { Report } from './llft-error.js'

export interface RenderOptions {
  readonly color: boolean
}

const RED = '31'
const YELLOW = '33'
const BOLD = '1'
const DIM = '2'

/** The three lines a person sees, without a newline at the end (experience.md section 2). */
export function renderReport(report: Report, options: RenderOptions): string {
  const paint = (style: string, text: string): string => (options.color ? `\u001b[${style}m${text}\u001b[0m` : text)
  const warning = report.code.startsWith('LLFT_W_')
  const mark = warning ? paint(YELLOW, '▲') : paint(RED, '✖')
  return [
    `${mark} ${paint(BOLD, report.code)}  ${report.what}`,
    `  ${paint(DIM, 'Why')}  ${report.why}`,
    `  ${paint(DIM, 'Fix')}  ${report.fix}`,
  ].join('\n')
}
