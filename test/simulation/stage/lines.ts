/** A datagram, or the same one to and from several. */
export interface Passing {
  readonly view: string
  readonly from: string[]
  readonly to: string[]
  readonly text: string
  /** Empty when it arrives. */
  readonly fate: string
}

/** What somebody does, or several do alike. */
export interface Deed {
  readonly who: string[]
  readonly verb: string
  readonly rest: string
}

const PLURALS: Readonly<Record<string, string>> = { is: 'are', has: 'have' }

/** What happens at one moment; what is the same for several is said once. */
export class Moment {
  #lines: (Passing | Deed)[] = []

  passes(passing: Omit<Passing, 'from' | 'to'> & { readonly from: string; readonly to: string }): void {
    const { from, to, ...rest } = passing
    const same = this.#lines.find((line): line is Passing => alike(line, rest) && line.from[0] === from)
    if (same === undefined || same.to.includes(to)) this.#lines.push({ ...rest, from: [from], to: [to] })
    else same.to.push(to)
  }

  does(who: string, verb: string, rest: string): void {
    const same = this.#lines.find((line): line is Deed => 'verb' in line && line.verb === verb && line.rest === rest)
    if (same === undefined) this.#insert({ who: [who], verb, rest })
    else if (!same.who.includes(who)) same.who.push(who)
  }

  /** The lines, and a new moment begins. */
  end(): readonly string[] {
    const lines: (Passing | Deed)[] = []
    for (const line of this.#lines) {
      const before = lines.at(-1)
      const earlier = 'text' in line ? lines.find((each): each is Passing => fromOthers(each, line)) : undefined
      if (earlier !== undefined && 'text' in line) earlier.from.push(...line.from)
      else if (before !== undefined && follows(before, line)) lines.splice(-1, 1, spanned(before, line))
      else lines.push(line)
    }
    this.#lines = []
    return lines.map((line) => ('text' in line ? passingText(line) : deedText(line)))
  }

  /** A view is established in the middle of the step that executes the last entry before it. */
  #insert(deed: Deed): void {
    const [who] = deed.who
    const last = this.#lines.at(-1)
    const established = last !== undefined && 'verb' in last && last.rest === 'established' && last.who[0] === who
    this.#lines.splice(established && deed.verb === 'executes' ? -1 : this.#lines.length, 0, deed)
  }
}

function alike(line: Passing | Deed, { view, text, fate }: Pick<Passing, 'view' | 'text' | 'fate'>): line is Passing {
  return 'text' in line && line.view === view && line.text === text && line.fate === fate
}

/** The same to the same, from others. */
function fromOthers(line: Passing | Deed, passing: Passing): boolean {
  if (!alike(line, passing) || line.to.join() !== passing.to.join()) return false
  return !line.from.some((name) => passing.from.includes(name))
}

/** The same deed with the next number. */
function follows(before: Passing | Deed, line: Passing | Deed): boolean {
  if (!('verb' in before) || !('verb' in line)) return false
  const alike = before.verb === line.verb && before.who.join() === line.who.join()
  return alike && Number(before.rest.split('-').at(-1)) + 1 === Number(line.rest)
}

function spanned(before: Passing | Deed, line: Passing | Deed): Passing | Deed {
  if (!('verb' in before) || !('verb' in line)) return line
  return { ...line, rest: `${before.rest.split('-')[0]}-${line.rest}` }
}

function passingText({ view, from, to, text, fate }: Passing): string {
  return `${view.padEnd(4)}  ${from.join(', ')} > ${to.join(', ')}: ${text}${fate === '' ? '' : ` -- ${fate}`}`
}

function deedText({ who, verb, rest }: Deed): string {
  const fitting = who.length === 1 ? verb : (PLURALS[verb] ?? verb.replace(/s$/, ''))
  return `        ${who.join(', ')} ${fitting} ${rest}`.trimEnd()
}
