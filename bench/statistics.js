export function percentile(values, fraction) {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))]
}

export const median = (values) => percentile(values, 0.5)

export function row(name, values, unit) {
  const at = (fraction) => percentile(values, fraction).toFixed(unit === 'us' ? 0 : 1)
  const spread = [0.5, 0.99, 1].map((fraction) => `${at(fraction)} ${unit}`)
  return `  ${name.padEnd(28)} p50 ${spread[0]}   p99 ${spread[1]}   max ${spread[2]}   (${values.length})`
}
