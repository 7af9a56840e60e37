import type { ExitCode } from './exit-codes.js'

/** The texts of one code; `{name}` is a slot that the place of the fault fills in. */
export interface Template {
  /** What `llft` ends with; `program`: the program's own code; `none`: it does not end, or the program is told. */
  readonly exit: ExitCode | 'program' | 'none'
  readonly what: string
  readonly why: string
  readonly fix: string
}

/** The names of the slots in a text, so that the compiler sees a slot that is not filled. */
export type SlotsOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | SlotsOf<Rest>
  : never

export type SlotValue = string | number

export function fillSlots(text: string, details: Readonly<Record<string, SlotValue>>): string {
  return text.replace(/\{(\w+)\}/g, (slot, name: string) => String(details[name] ?? slot))
}
