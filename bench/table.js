export function median(numbers) {
  const sorted = numbers.toSorted((left, right) => left - right)
  return (sorted[sorted.length >> 1] + sorted[(sorted.length - 1) >> 1]) / 2
}

/** Row by row and column by column, of tables that differ in their figures alone. */
export function combine(tables, figure) {
  return tables[0].map((row, at) => {
    const columns = Object.keys(row).filter((column) => column !== 'name')
    const figures = columns.map((column) => {
      const values = tables.map((table) => table[at][column])
      return [column, values.includes(null) ? null : figure(values)]
    })
    return { name: row.name, ...Object.fromEntries(figures) }
  })
}

/** Three digits that count, or all before the point. */
function digits(value) {
  if (value === null) return '-'
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}

export function show(title, rows) {
  const columns = Object.keys(rows[0])
  const cell = (row, column) => (column === 'name' ? row.name : digits(row[column]))
  const lines = [
    columns.map((column) => (column === 'name' ? '' : column)),
    ...rows.map((row) => columns.map((column) => cell(row, column))),
  ]
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at].length)))
  const text = lines.map((line) =>
    line.map((word, at) => (at === 0 ? word.padEnd(widths[at]) : word.padStart(widths[at]))),
  )
  console.log(`${title}\n${text.map((words) => `  ${words.join('  ')}`).join('\n')}\n`)
}
