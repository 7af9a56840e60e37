/** A straight line from values to places in a plot. */
export interface Axis {
  readonly logarithmic: boolean
  readonly low: number
  readonly high: number
  readonly from: number
  readonly to: number
}

interface AxisTerms {
  readonly logarithmic: boolean
  readonly from: number
  readonly to: number
}

/** Covers all values; a logarithmic one leaves out what is not above 0. */
export function axisOver(values: readonly number[], { logarithmic, from, to }: AxisTerms): Axis {
  const usable = values.filter((value) => Number.isFinite(value) && (!logarithmic || value > 0))
  const [low, high] = [smallest(usable), largest(usable)]
  if (!logarithmic)
    return { logarithmic, low: Math.min(0, low), high: high > Math.min(0, low) ? high : low + 1, from, to }
  return { logarithmic, low, high: high > low ? high : low * 10, from, to }
}

export function placeOf(axis: Axis, value: number): number {
  const { logarithmic, low, high, from, to } = axis
  const part = logarithmic ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low)
  return Math.round((from + part * (to - from)) * 10) / 10
}

/** Round values within the axis, few enough to read. */
export function ticksOf(axis: Axis): readonly number[] {
  const { low, high } = axis
  if (axis.logarithmic) {
    const first = Math.ceil(Math.log10(low) - 1e-9)
    const count = Math.max(0, Math.floor(Math.log10(high) + 1e-9) - first + 1)
    const powers = Array.from({ length: count }, (_, at) => 10 ** (first + at))
    if (powers.length >= 2) return powers
    return [low, Math.sqrt(low * high), high].map((value) => Number(value.toPrecision(2)))
  }
  const rough = (high - low) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? rough
  const count = Math.floor((high - low) / step + 1e-9) + 1
  return Array.from({ length: count }, (_, at) => Number((Math.ceil(low / step) * step + at * step).toPrecision(6)))
}

/** Loops, because a timeline has more values than a call may have arguments. */
function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), values.length === 0 ? 1 : Infinity)
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), values.length === 0 ? 1 : -Infinity)
}
