import type { Realm } from './realm.js'

type Format = (date?: Date | number) => string

/** `format()` and `formatToParts()` without a date mean now. Stands alone: see `Realm`. */
export function furnishIntl({ global, replace }: Realm, nowMs: () => number): void {
  const { prototype } = global.Intl.DateTimeFormat
  const getter = Object.getOwnPropertyDescriptor(prototype, 'format')?.get as () => Format
  const formats = new WeakMap<object, Format>()
  replace(prototype, 'format', function (this: object): Format {
    const original = Reflect.apply(getter, this, [])
    let format = formats.get(this)
    if (format === undefined) {
      format = (date) => original(date === undefined ? nowMs() : date)
      Object.defineProperty(format, 'name', { value: '', configurable: true })
      formats.set(this, format)
    }
    return format
  })
  const { formatToParts } = prototype
  replace(prototype, 'formatToParts', function (this: Intl.DateTimeFormat, date?: Date | number) {
    return Reflect.apply(formatToParts, this, [date === undefined ? nowMs() : date])
  })
}
