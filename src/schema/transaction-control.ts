import type {Node} from 'libpg-query'
import type {Source} from './place.ts'
import {sourceError} from './source-error.ts'
import type {Notable} from './survey.ts'

/** Throws `SOURCE_INVALID` for what would end, or change, the transaction that a script runs in. */
export function refuseTransactionControl(
  source: Source,
  statements: readonly Notable[],
  transaction: boolean,
): void {
  for (const {node, start} of statements) {
    const refusal =
      discardRefusal(node) ?? settingRefusal(node) ?? controlRefusal(node, transaction)
    if (refusal !== undefined) throw sourceError(source, start, refusal.what, refusal.hint)
  }
}

/** Whether `refuseTransactionControl` may have a word on a statement. */
export function concernsTransaction(node: Node): boolean {
  return (
    controlWords(node) !== undefined ||
    settingRefusal(node) !== undefined ||
    discardRefusal(node) !== undefined
  )
}

/** The words of a statement that begins, ends or divides a transaction; undefined for all others. */
export function controlWords(node: Node): string | undefined {
  const kind = 'TransactionStmt' in node ? node.TransactionStmt.kind : undefined
  return kind === undefined ? undefined : words[kind]
}

const words = {
  TRANS_STMT_BEGIN: 'BEGIN',
  TRANS_STMT_START: 'START TRANSACTION',
  TRANS_STMT_COMMIT: 'COMMIT',
  TRANS_STMT_ROLLBACK: 'ROLLBACK',
  TRANS_STMT_SAVEPOINT: 'SAVEPOINT',
  TRANS_STMT_RELEASE: 'RELEASE SAVEPOINT',
  TRANS_STMT_ROLLBACK_TO: 'ROLLBACK TO SAVEPOINT',
  TRANS_STMT_PREPARE: 'PREPARE TRANSACTION',
  TRANS_STMT_COMMIT_PREPARED: 'COMMIT PREPARED',
  TRANS_STMT_ROLLBACK_PREPARED: 'ROLLBACK PREPARED',
} as const

const savepoints = new Set<string>([
  words.TRANS_STMT_SAVEPOINT,
  words.TRANS_STMT_RELEASE,
  words.TRANS_STMT_ROLLBACK_TO,
])

interface Refusal {
  readonly what: string
  readonly hint: string
}

function controlRefusal(node: Node, transaction: boolean): Refusal | undefined {
  const statement = controlWords(node)
  if (statement === undefined) return undefined
  if (!savepoints.has(statement)) {
    return {
      what: `${statement} cannot be part of a script`,
      hint: transaction
        ? 'take it out: a script is committed together with the record that it ran'
        : 'take it out: outside a transaction, each statement is committed by itself',
    }
  }
  if (transaction) return undefined
  return {
    what: `${statement} needs a transaction, and this script runs outside one`,
    hint: 'take it out, or move it to a migration of its own that runs in a transaction',
  }
}

const transactionSettings = new Set([
  'transaction',
  'transaction snapshot',
  'transaction_isolation',
  'transaction_read_only',
  'transaction_deferrable',
])

/** SET TRANSACTION READ ONLY, by any of its names, would keep the ledger from being written. */
function settingRefusal(node: Node): Refusal | undefined {
  if (!('VariableSetStmt' in node)) return undefined
  if (!transactionSettings.has(node.VariableSetStmt.name?.toLowerCase() ?? '')) return undefined
  return {
    what: 'a script cannot choose the kind of transaction that it runs in',
    hint: 'take it out: scripts run as READ COMMITTED and READ WRITE, verify scripts as READ ONLY',
  }
}

function discardRefusal(node: Node): Refusal | undefined {
  if (!('DiscardStmt' in node) || node.DiscardStmt.target !== 'DISCARD_ALL') return undefined
  return {
    what: 'DISCARD ALL would release the lock that keeps other runs away',
    hint: 'take it out: no script inherits the session settings of another',
  }
}
