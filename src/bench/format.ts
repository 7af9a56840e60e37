/** As a person reads it: three digits, in the unit that fits. */
export function duration(us: number): string {
  if (us < 0) return `-${duration(-us)}`
  if (us === 0) return '0'
  if (us < 1000) return `${us < 10 ? us.toFixed(1) : Math.round(us)} us`
  return us < 1_000_000 ? `${digits(us / 1000)} ms` : `${digits(us / 1_000_000)} s`
}

export function digits(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`
  return count < 1_048_576 ? `${digits(count / 1024)} KiB` : `${digits(count / 1_048_576)} MiB`
}

/** Columns as wide as they need to be; the first one to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((cells) => `  ${cells.join('  ')}`.trimEnd())
    .join('\n')
}
