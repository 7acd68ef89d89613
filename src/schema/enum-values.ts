import type {A_Const, Node, String as StringNode} from 'libpg-query'
import type {Statement} from './parser.ts'
import {placeAt, type Source} from './place.ts'

/**
 * Remarks on values that a transactional script adds to an enum and then seems to use: PostgreSQL
 * takes a new value only once the transaction that added it is committed (SQLSTATE 55P04). Only
 * remarks, since the same text may be a value of another type.
 */
export function remarkNewEnumValues(source: Source, statements: readonly Statement[]): string[] {
  return statements.flatMap(({node, start}, index) => {
    const value = addedValue(node)
    if (value === undefined) return []
    const use = statements.slice(index + 1).find((later) => mentions(later.node, value))
    if (use === undefined) return []
    const added = placeAt(source, start).line
    const used = placeAt(source, use.start).line
    return [
      `line ${used} uses '${value}', which line ${added} adds to an enum: PostgreSQL refuses a new ` +
        'value before its addition is committed (55P04); if it is that value, move the ALTER TYPE ' +
        'to a migration of its own before this one, with "-- squizzle: no-transaction" at its top',
    ]
  })
}

function addedValue(node: Node): string | undefined {
  if (!('AlterEnumStmt' in node)) return undefined
  const {oldVal, newVal} = node.AlterEnumStmt
  return oldVal === undefined ? newVal : undefined
}

/** Whether a statement has this text as a constant, or in the body of a DO block, which runs too. */
function mentions(statement: Node, value: string): boolean {
  const isBlock = 'DoStmt' in statement
  // A loop, since expressions nest deeper than the stack.
  const pending: unknown[] = [statement]
  while (pending.length > 0) {
    const node = pending.pop()
    if (typeof node !== 'object' || node === null) continue
    if (isConstant(node) && node.A_Const.sval?.sval === value) return true
    if (isBlock && isText(node) && node.String.sval?.includes(`'${value}'`) === true) return true
    for (const child of Object.values(node)) pending.push(child)
  }
  return false
}

function isConstant(node: object): node is {A_Const: A_Const} {
  return 'A_Const' in node
}

function isText(node: object): node is {String: StringNode} {
  return 'String' in node
}
