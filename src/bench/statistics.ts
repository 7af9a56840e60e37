/** The value in the middle; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  const [above = 0, below = above] = [sorted[middle], sorted[middle - 1]]
  return sorted.length % 2 === 1 ? above : (above + below) / 2
}

export interface Fit {
  readonly slope: number
  readonly intercept: number
  /** How much of the variation the line explains, 0 to 1. */
  readonly r2: number
}

/** The straight line of least squares; undefined where fewer than two places differ. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Fit | undefined {
  const mean = (of: (point: readonly [number, number]) => number): number => {
    return points.reduce((sum, point) => sum + of(point), 0) / points.length
  }
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)]
  const spreadX = mean(([x]) => (x - meanX) ** 2)
  const spreadY = mean(([, y]) => (y - meanY) ** 2)
  if (points.length < 2 || spreadX === 0) return undefined
  const together = mean(([x, y]) => (x - meanX) * (y - meanY))
  const slope = together / spreadX
  const r2 = spreadY === 0 ? 1 : together ** 2 / (spreadX * spreadY)
  return { slope, intercept: meanY - slope * meanX, r2 }
}

/** y = e^intercept * x^slope, for what is above 0. */
export function fitPower(points: readonly (readonly [x: number, y: number])[]): Fit | undefined {
  return fitLine(points.filter(([x, y]) => x > 0 && y > 0).map(([x, y]) => [Math.log(x), Math.log(y)] as const))
}
