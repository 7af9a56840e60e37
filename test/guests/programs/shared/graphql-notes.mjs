import { randomUUID } from 'node:crypto'

const notes = new Map()
let last = 0

export const typeDefs = /* GraphQL */ `
  type Note {
    id: Int!
    text: String!
    key: ID!
    at: Float!
  }
  type Query {
    notes: [Note!]!
    note(id: Int!): Note
  }
  type Mutation {
    create(text: String!): Note!
    replace(id: Int!, text: String!): Note
    remove(id: Int!): Boolean!
  }
`

export const resolvers = {
  Query: {
    notes: () => [...notes.values()],
    note: (_, { id }) => notes.get(id),
  },
  Mutation: {
    create(_, { text }) {
      const note = { id: ++last, text, key: randomUUID(), at: Date.now() }
      notes.set(note.id, note)
      return note
    },
    replace(_, { id, text }) {
      const note = notes.get(id)
      if (note !== undefined) note.text = text
      return note
    },
    remove: (_, { id }) => notes.delete(id),
  },
}
