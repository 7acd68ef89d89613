import type {A_Const, Node, String as StringNode} from 'libpg-query'
import type {Statement} from './parser.ts'
import {placeAt, type Source} from './place.ts'

/** A statement adds a value to an enum, or is the first one after that with the same text in it. */
export interface EnumEvent {
  readonly value: string
  readonly is: 'added' | 'used'
  /** Of the statement, in bytes. */
  readonly start: number
}

/** @param known values that statements before these added, and none has used since. */
export function enumEvents(
  statements: readonly Statement[],
  known: readonly string[],
): readonly EnumEvent[] {
  const open = new Set(known)
  const events: EnumEvent[] = []
  for (const {node, start} of statements) {
    for (const value of open) {
      if (!mentions(node, value)) continue
      events.push({value, is: 'used', start})
      open.delete(value)
    }
    const added = addedValue(node)
    if (added === undefined) continue
    events.push({value: added, is: 'added', start})
    open.add(added)
  }
  return events
}

/** Values that were added and not used since. */
export function openValues(events: readonly EnumEvent[]): readonly string[] {
  const open = new Set<string>()
  for (const {value, is} of events) {
    if (is === 'added') open.add(value)
    else open.delete(value)
  }
  return [...open]
}

/**
 * Remarks on values that a transactional script adds to an enum and then seems to use: PostgreSQL
 * takes a new value only once the transaction that added it is committed (SQLSTATE 55P04). Only
 * remarks, since the same text may be a value of another type.
 */
export function remarkNewEnumValues(source: Source, events: readonly EnumEvent[]): string[] {
  return events.flatMap(({value, is, start}, index) => {
    if (is === 'used') return []
    const use = events
      .slice(index + 1)
      .find((later) => later.is === 'used' && later.value === value)
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
