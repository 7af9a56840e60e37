import { REGISTRY } from './registry.js'
import type { Template } from './template.js'

const HEAD = `# Errors and warnings

Made from \`src/errors\` by \`npm run docs\`; do not edit. Words in braces are filled in where the fault is met.
What \`llft\` ends with stands beside each code; *the program's own* code when the program ended the group.
A refusal (\`LLFT_E_REFUSED_...\`) is an exception inside the program, raised at the call in every replica alike.
`

/** `docs/errors.md`, whole. */
export function errorsMarkdown(): string {
  const sections = Object.entries(REGISTRY).map(([code, template]) => section(code, template))
  return [HEAD, ...sections].join('\n')
}

function section(code: string, template: Template): string {
  const exit = { program: " (exit: the program's own)", none: '' }[String(template.exit)] ?? ` (exit ${template.exit})`
  return `## ${code}${exit}\n\n${template.what}\n\n- **Why:** ${template.why}\n- **Fix:** ${template.fix}\n`
}
