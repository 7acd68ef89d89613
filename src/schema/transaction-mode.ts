import type {ScriptRole} from '../artifact/release.ts'
import type {Source} from './place.ts'
import {sourceError} from './source-error.ts'
import type {Notable, Survey} from './survey.ts'
import {refusedInTransaction} from './transaction-block.ts'

/** Whether a script runs in a transaction, and what to tell its author of it. */
export interface TransactionMode {
  readonly transaction: boolean
  readonly remark?: string
}

/**
 * Chooses by its statements, or as its author asks, whether a script runs in a transaction. Throws
 * `SOURCE_INVALID` where the statements want both, or would not do what they say.
 *
 * @param asked that the script runs outside a transaction.
 * @param wrapped whether the author wrote BEGIN ... COMMIT around the script.
 */
export function chooseTransaction(
  source: Source,
  {borders, notable}: Survey,
  {role, asked, wrapped}: {role: ScriptRole; asked: boolean; wrapped: boolean},
): TransactionMode {
  refuseUnnamedIndex(source, notable)
  const outside = notable.flatMap(({node, start}) => {
    const name = refusedInTransaction(node)
    return name === undefined ? [] : [{name, start}]
  })
  const [first] = outside
  if (first === undefined) {
    return asked
      ? {transaction: false, remark: 'runs outside a transaction, as the file says'}
      : {transaction: true}
  }
  const fail = (what: string, hint: string) => sourceError(source, first.start, what, hint)
  if (role === 'verify') {
    throw fail(
      `${first.name} cannot be part of a verify script`,
      'take it out: verify scripts run in a read-only transaction',
    )
  }
  if (wrapped) {
    throw fail(
      `${first.name} cannot run between BEGIN and COMMIT`,
      'take BEGIN and COMMIT out: this script runs outside a transaction',
    )
  }
  if (!asked && outside.length < borders.length) {
    throw fail(
      `${first.name} cannot run in a transaction, but other statements of this script can`,
      'move it to a migration of its own, or write "-- squizzle: no-transaction" at the top: ' +
        'then each statement is committed by itself, and a failure leaves those before it done',
    )
  }
  const names = [...new Set(outside.map(({name}) => name))]
  return {transaction: false, remark: `runs outside a transaction: ${names.join(', ')}`}
}

/** PostgreSQL would choose another free name each time, so a repeat would build a second index. */
function refuseUnnamedIndex(source: Source, statements: readonly Notable[]): void {
  for (const {node, start} of statements) {
    if (!('IndexStmt' in node)) continue
    const {concurrent, idxname} = node.IndexStmt
    if (concurrent !== true || idxname !== undefined) continue
    throw sourceError(
      source,
      start,
      'CREATE INDEX CONCURRENTLY without a name would make a second index when it is repeated',
      'name the index: CREATE INDEX CONCURRENTLY <name> ON ...',
    )
  }
}
