// What the TypeScript compiler makes of a NestJS application with decorators.
import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import * as common from '@nestjs/common'
import { NestFactory } from '@nestjs/core'

class Notes {
  #notes = new Map()
  #last = 0

  all() {
    return [...this.#notes.values()]
  }

  create(text) {
    const note = { id: ++this.#last, text, key: randomUUID(), at: Date.now() }
    this.#notes.set(note.id, note)
    return note
  }

  one(id) {
    const note = this.#notes.get(id)
    if (note === undefined) throw new common.NotFoundException()
    return note
  }

  replace(id, text) {
    return Object.assign(this.one(id), { text })
  }

  remove(id) {
    this.#notes.delete(this.one(id).id)
  }
}
decorate(Notes, common.Injectable())

class NotesController {
  constructor(notes) {
    this.notes = notes
  }

  all() {
    return this.notes.all()
  }

  create({ text }) {
    return this.notes.create(text)
  }

  one(id) {
    return this.notes.one(id)
  }

  replace(id, { text }) {
    return this.notes.replace(id, text)
  }

  remove(id) {
    this.notes.remove(id)
  }
}
const id = () => common.Param('id', common.ParseIntPipe)
common.Inject(Notes)(NotesController, undefined, 0)
route('all', common.Get())
route('create', common.Post(), common.Body())
route('one', common.Get(':id'), id())
route('replace', common.Put(':id'), id(), common.Body())
route('remove', common.Delete(':id'), id())
decorate(NotesController, common.Controller('notes'))

class AppModule {}
decorate(AppModule, common.Module({ controllers: [NotesController], providers: [Notes] }))

function decorate(target, decorator) {
  decorator(target)
}

function route(name, method, ...parameters) {
  const descriptor = Object.getOwnPropertyDescriptor(NotesController.prototype, name)
  for (const [at, parameter] of parameters.entries()) parameter(NotesController.prototype, name, at)
  method(NotesController.prototype, name, descriptor)
}

const app = await NestFactory.create(AppModule, { logger: ['error'] })
await app.listen(Number(process.env.PORT), '127.0.0.1')
