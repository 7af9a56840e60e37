// Doc comments of members of an interface or of an object literal, read from the source: what the tables of
// docs/protocol.md say is what the code says.
import { readFileSync } from 'node:fs'
import { parseSync, Visitor } from 'oxc-parser'

/** By the dotted name of each member (`Bodies.State.length`): its comment, or '' where there is none. */
export function docComments(path) {
  const text = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
  const { program, comments } = parseSync(path, text)
  const blocks = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
  const found = new Map()
  const commentBefore = ({ start }) => {
    const block = blocks.findLast((comment) => comment.end <= start)
    if (block === undefined || text.slice(block.end, start).trim() !== '') return ''
    return block.value
      .replace(/^\*|^\s*\*\s?/gm, '')
      .replaceAll(/\s+/g, ' ')
      .trim()
  }
  const members = (prefix, list) => {
    for (const member of list) {
      // What is spread into a table has its comments where it comes from.
      if (member.type === 'SpreadElement') continue
      const name = `${prefix}.${member.key.name}`
      found.set(name, commentBefore(member))
      const type = member.typeAnnotation?.typeAnnotation
      if (type?.type === 'TSTypeLiteral') members(name, type.members)
    }
  }
  new Visitor({
    TSInterfaceDeclaration: (node) => members(node.id.name, node.body.body),
    VariableDeclarator: (node) => {
      const object = node.init?.type === 'TSAsExpression' ? node.init.expression : node.init
      if (object?.type === 'ObjectExpression') members(node.id.name, object.properties)
    },
  }).visit(program)
  return found
}
