import type { Results } from '../results.js'
export function reportHtml(results: Results): string {
  return JSON.stringify(results)
}
