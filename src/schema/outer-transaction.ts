import type {Node} from 'libpg-query'
import type {ScriptRole} from '../artifact/release.ts'
import {isComment, tokens} from './lexer.ts'
import type {Statement} from './parser.ts'
import type {Source} from './place.ts'
import {sourceError} from './source-error.ts'
import {controlWords} from './transaction-control.ts'

/** A script without the transaction that its author wrote around it. */
export interface Unwrapped {
  readonly sql: Uint8Array
  readonly statements: readonly Statement[]
  /** The words taken off, such as `BEGIN and COMMIT`. */
  readonly taken?: string
}

/**
 * Takes off one BEGIN ... COMMIT around a whole script; of a verify script BEGIN ... ROLLBACK or a
 * final ROLLBACK too: apply opens and ends the transaction. Blanks stand in their place, so that
 * lines and columns stay. Throws `SOURCE_INVALID` where the BEGIN asks for another transaction.
 */
export function unwrapTransaction(
  source: Source,
  statements: readonly Statement[],
  role: ScriptRole,
): Unwrapped {
  const {bytes} = source
  const first = statements.at(0)
  const last = statements.at(-1)
  if (first === undefined || last === undefined) return {sql: bytes, statements}
  const begin = controlWords(first.node) ?? ''
  const end = endingWords(last.node) ?? ''
  const isRollback = role === 'verify' && end === 'ROLLBACK'
  const opens = begin === 'BEGIN' || begin === 'START TRANSACTION'
  if (opens && (end === 'COMMIT' || isRollback)) {
    refuseOptions(source, first, begin, role)
    const [next = last, ...others] = statements.slice(1, -1)
    const head = blankOut(bytes, 0, next.from)
    return {
      sql: blankOut(head, last.from, bytes.length),
      statements: next === last ? [] : [{...next, from: 0}, ...others],
      taken: `${begin} and ${end}`,
    }
  }
  if (!opens && isRollback) {
    return {
      sql: blankOut(bytes, last.from, bytes.length),
      statements: statements.slice(0, -1),
      taken: end,
    }
  }
  return {sql: bytes, statements}
}

/** AND CHAIN begins another transaction, so it ends none. */
function endingWords(node: Node): string | undefined {
  const chains = 'TransactionStmt' in node && node.TransactionStmt.chain === true
  return chains ? undefined : controlWords(node)
}

/** `BEGIN ISOLATION LEVEL SERIALIZABLE` taken off would run in a transaction of another kind. */
function refuseOptions(source: Source, begin: Statement, words: string, role: ScriptRole): void {
  const {node} = begin
  const options = 'TransactionStmt' in node ? node.TransactionStmt.options : undefined
  if (options?.every((option) => isOurs(option, role)) !== false) return
  throw sourceError(
    source,
    begin.start,
    `${words} asks for another kind of transaction than scripts run in`,
    role === 'verify'
      ? `leave only ${words}: verify scripts run as READ COMMITTED and READ ONLY`
      : `leave only ${words}: scripts run as READ COMMITTED and READ WRITE`,
  )
}

function isOurs(option: Node, role: ScriptRole): boolean {
  if (!('DefElem' in option)) return false
  const {defname, arg} = option.DefElem
  const value = arg !== undefined && 'A_Const' in arg ? arg.A_Const : undefined
  if (defname === 'transaction_isolation') return value?.sval?.sval === 'read committed'
  if (defname === 'transaction_read_only') {
    return (value?.ival?.ival === 1) === (role === 'verify')
  }
  // DEFERRABLE means nothing but in a serializable transaction.
  return defname === 'transaction_deferrable'
}

/** Puts blanks in place of all SQL between two borders; comments stay. */
function blankOut(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const result = bytes.slice()
  for (const token of tokens(bytes.subarray(from, to))) {
    if (!isComment(token)) result.fill(0x20, from + token.start, from + token.end)
  }
  return result
}
