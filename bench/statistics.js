export function percentile(values, fraction) {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))]
}

export const median = (values) => percentile(values, 0.5)

export function row(name, values, unit) {
  const at = (fraction) => percentile(values, fraction).toFixed(unit === 'us' ? 0 : 1)
  return `  ${name.padEnd(28)} p50 ${at(0.5)} ${unit}   p99 ${at(0.99)} ${unit}   max ${at(1)} ${unit}   (${values.length})`
}
