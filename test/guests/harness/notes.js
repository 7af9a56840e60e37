import { isDeepStrictEqual } from 'node:util'

/**
 * A client of a program that keeps notes. It knows its own notes, so it knows what each answer must be.
 * `door`: `create(text)`, `read(id)`, `replace(id, text)`, `remove(id)`, over one connection; null: it is not there.
 */
class NotesClient {
  #door
  #notes
  #own = new Map()
  #removed = []
  #name
  #reusesIds
  #count = 0

  constructor(name, door, { notes, reusesIds }) {
    this.#name = name
    this.#door = door
    this.#notes = notes
    this.#reusesIds = reusesIds
  }

  async exchange() {
    const own = [...this.#own.keys()]
    const id = own[Math.floor(Math.random() * own.length)]
    const chance = Math.random()
    if (id === undefined || chance < 0.4) await this.#create()
    else if (chance < 0.7) same(await this.#door.read(id), this.#own.get(id))
    else if (chance < 0.85) await this.#replace(id)
    else if (chance < 0.95 || this.#removed.length === 0) await this.#remove(id)
    else same(await this.#door.read(this.#removed.at(-1)), null)
  }

  close() {
    this.#door.close()
  }

  async #create() {
    const text = this.#text()
    const note = await this.#door.create(text)
    same(note.text, text)
    if (this.#notes.has(String(note.id)) && !this.#reusesIds) throw new Error(`${note.id} was given out twice`)
    this.#notes.set(String(note.id), note)
    this.#own.set(note.id, note)
  }

  async #replace(id) {
    const note = { ...this.#own.get(id), text: this.#text() }
    same(await this.#door.replace(id, note.text), note)
    this.#notes.set(String(id), note)
    this.#own.set(id, note)
  }

  async #remove(id) {
    await this.#door.remove(id)
    // Another client may have got the id anew already.
    if (this.#notes.get(String(id)) === this.#own.get(id)) this.#notes.set(String(id), null)
    this.#own.delete(id)
    if (!this.#reusesIds) this.#removed.push(id)
  }

  #text() {
    return `${this.#name}: ${++this.#count} ${'é'.repeat(Math.random() * 200)}`
  }
}

/**
 * Traffic of several clients; `list()` asks over a connection of its own for all that there is. `reusesIds`: the
 * program gives the id of a note that was removed to another.
 */
export function notesTraffic(doors, list, reusesIds = false) {
  const notes = new Map()
  return {
    clients: doors.map((door, at) => new NotesClient(`client ${at + 1}`, door, { notes, reusesIds })),
    /** How many notes there have ever been. */
    get created() {
      return notes.size
    },
    async state() {
      const found = sorted(await list())
      same(found, sorted([...notes.values()].filter((note) => note !== null)))
      return found
    },
  }
}

export function same(actual, expected) {
  if (isDeepStrictEqual(actual, expected)) return
  throw new Error(`got ${shown(actual)} instead of ${shown(expected)}`)
}

function shown(value) {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 500 ? `${text.slice(0, 500)}... (${text.length} characters)` : text
}

function sorted(notes) {
  return notes.toSorted((left, right) => Number(left.id) - Number(right.id) || (left.id < right.id ? -1 : 1))
}
