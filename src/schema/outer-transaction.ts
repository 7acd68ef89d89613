import type {Node} from 'libpg-query'
import type {ScriptRole} from '../artifact/release.ts'
import type {Statement} from './parser.ts'
import type {Source} from './place.ts'
import {blankOut, sqlWithin} from './scan.ts'
import {sourceError} from './source-error.ts'
import type {Survey} from './survey.ts'
import {controlWords} from './transaction-control.ts'

/** A script without the transaction that its author wrote around it. */
export interface Unwrapped {
  readonly sql: Uint8Array
  readonly survey: Survey
  /** The words taken off, such as `BEGIN and COMMIT`. */
  readonly taken?: string
}

/**
 * Takes off one BEGIN ... COMMIT around a whole script; of a verify script BEGIN ... ROLLBACK or a
 * final ROLLBACK too: apply opens and ends the transaction. Blanks stand in their place, so that
 * lines and columns stay. Throws `SOURCE_INVALID` where the BEGIN asks for another transaction.
 */
export function unwrapTransaction(source: Source, survey: Survey, role: ScriptRole): Unwrapped {
  const {bytes} = source
  const {borders, notable} = survey
  const first = notable.find(({index}) => index === 0)
  const last = notable.find(({index}) => index === borders.length - 1)
  if (last === undefined) return {sql: bytes, survey}
  const begin = (first && controlWords(first.node)) ?? ''
  const end = endingWords(last.node) ?? ''
  const isRollback = role === 'verify' && end === 'ROLLBACK'
  const opens = begin === 'BEGIN' || begin === 'START TRANSACTION'
  const tail = () => sqlWithin(bytes, last.from, bytes.length)
  if (first && opens && (end === 'COMMIT' || isRollback)) {
    refuseOptions(source, first, begin, role)
    const head = sqlWithin(bytes, 0, borders[1] ?? bytes.length)
    return {
      sql: blankOut(bytes, [...head, ...tail()]),
      survey: between(survey, 1, borders.length - 1),
      taken: `${begin} and ${end}`,
    }
  }
  if (!opens && isRollback) {
    return {
      sql: blankOut(bytes, tail()),
      survey: between(survey, 0, borders.length - 1),
      taken: end,
    }
  }
  return {sql: bytes, survey}
}

/** A survey of the statements from one number up to another, exclusive. */
function between({borders, notable, enums, copies}: Survey, from: number, to: number): Survey {
  const isIn = (index: number) => from <= index && index < to
  return {
    borders: borders.slice(from, to),
    notable: notable
      .filter(({index}) => isIn(index))
      .map((statement) => ({...statement, index: statement.index - from})),
    enums,
    copies: new Map(
      [...copies].flatMap(([index, data]) => (isIn(index) ? [[index - from, data]] : [])),
    ),
  }
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
