import { axisOver, placeOf, ticksOf } from './axis.js'
import type { Axis } from './axis.js'
import { label, legend, svg } from './plot.js'

const LEFT = 170
const RIGHT = 700
const ROW = 22
const FOOT = 34

export interface Bar {
  readonly name: string
  /** One after the other, each with a colour of the page. */
  readonly parts: readonly { readonly name: string; readonly value: number; readonly color: number }[]
}

/** Stacked bars, one line each. */
export function stackedBars(bars: readonly Bar[], text: (value: number) => string): string {
  const sums = bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0))
  const axis = axisOver(sums, { logarithmic: false, from: LEFT, to: RIGHT })
  const rows = bars.map((bar, at) => {
    let before = 0
    const parts = bar.parts.map(({ name, value, color }) => {
      const [from, to] = [placeOf(axis, before), placeOf(axis, before + value)]
      before += value
      const title = `<title>${name} ${text(value)}</title>`
      const place = `x="${from}" y="${at * ROW + 4}" width="${Math.max(0, to - from)}" height="${ROW - 6}"`
      return `<rect class="f${color}" ${place}>${title}</rect>`
    })
    return label({ left: LEFT - 6, top: at * ROW + 16, anchor: 'end' }, bar.name) + parts.join('')
  })
  const names = [...new Map(bars.flatMap(({ parts }) => parts.map((part) => [part.name, part] as const))).values()]
  return frame(rows, axis, { text, height: bars.length * ROW }) + legend(names)
}

export interface Strip {
  readonly name: string
  readonly color: number
  readonly values: readonly number[]
}

interface StripTerms {
  readonly logarithmic: boolean
  readonly text: (value: number) => string
  /** A vertical line, such as the moment of a fault. */
  readonly mark?: number
}

/** A line for each, with a stroke at each of its values: a distribution, or a course of time. */
export function strips(all: readonly Strip[], { logarithmic, text, mark }: StripTerms): string {
  const values = all.flatMap(({ values }) => values)
  const axis = axisOver(logarithmic ? values : [...values, mark ?? 0], { logarithmic, from: LEFT, to: RIGHT })
  const rows = all.map(({ name, color, values }, at) => {
    const [top, bottom] = [at * ROW + 4, at * ROW + ROW - 2]
    const strokes = values.map((value) => {
      const left = placeOf(axis, value)
      return `M${left} ${top}V${bottom}`
    })
    const path = `<path class="c${color}" d="${strokes.join('')}"/>`
    return label({ left: LEFT - 6, top: at * ROW + 16, anchor: 'end' }, name) + path
  })
  const height = all.length * ROW
  const at = mark === undefined ? 0 : placeOf(axis, mark)
  const line = mark === undefined ? '' : `<line class="limit" x1="${at}" x2="${at}" y1="0" y2="${height}"/>`
  return frame([...rows, line], axis, { text, height })
}

/** Rows above their common axis. */
function frame(rows: readonly string[], axis: Axis, { text, height }: FrameTerms): string {
  const ticks = ticksOf(axis).map((value) => {
    const left = placeOf(axis, value)
    const line = `<line class="grid" x1="${left}" x2="${left}" y1="0" y2="${height}"/>`
    return line + label({ left, top: height + 16, anchor: 'middle' }, text(value))
  })
  return svg([...ticks, ...rows].join(''), height + FOOT)
}

interface FrameTerms {
  readonly text: (value: number) => string
  readonly height: number
}
