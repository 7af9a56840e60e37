import type { Realm } from './realm.js'

/** The part of `Temporal` that is used here; TypeScript does not know it yet. */
interface Temporal {
  readonly Now: { timeZoneId(): string } & Record<string, unknown>
  readonly Instant: { fromEpochMilliseconds(ms: number): Instant }
}

interface Instant {
  toZonedDateTimeISO(timeZone: unknown): Zoned
}

type Zoned = Readonly<Record<'toPlainDateTime' | 'toPlainDate' | 'toPlainTime', () => object>>

/** `Temporal.Now`, where the language has it. Stands alone: see `Realm`. */
export function furnishTemporal({ global, replace }: Realm, nowMs: () => number): void {
  const { Temporal } = global as unknown as { readonly Temporal?: Temporal }
  if (Temporal === undefined) return
  const { Now, Instant } = Temporal
  const instant = (): Instant => Instant.fromEpochMilliseconds(nowMs())
  const zoned = (timeZone: unknown): Zoned =>
    instant().toZonedDateTimeISO(timeZone === undefined ? Now.timeZoneId() : timeZone)
  const methods = {
    instant: () => instant(),
    zonedDateTimeISO: (timeZone: unknown) => zoned(timeZone),
    plainDateTimeISO: (timeZone: unknown) => zoned(timeZone).toPlainDateTime(),
    plainDateISO: (timeZone: unknown) => zoned(timeZone).toPlainDate(),
    plainTimeISO: (timeZone: unknown) => zoned(timeZone).toPlainTime(),
  }
  for (const [name, method] of Object.entries(methods)) replace(Now, name, method)
}
