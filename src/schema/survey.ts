import type {Node} from 'libpg-query'
import type {CopyData} from './copy-data.ts'
import {enumEvents, type EnumEvent} from './enum-values.ts'
import type {Statement} from './parser.ts'
import {refusedInTransaction} from './transaction-block.ts'
import {concernsTransaction} from './transaction-control.ts'

/** A statement that a rule may have a word on, with its number in the script, from 0. */
export interface Notable extends Statement {
  readonly index: number
}

/**
 * What is kept of a script's statements, which may be a million: where each begins, and the trees of
 * those alone that a rule may have a word on. Offsets are bytes of the script.
 */
export interface Survey {
  /** For each statement, where its piece begins: its `from`. */
  readonly borders: readonly number[]
  readonly notable: readonly Notable[]
  /** New values of enums and their uses, in order. */
  readonly enums: readonly EnumEvent[]
  /** The rows of COPY statements, by the number of the statement. */
  readonly copies: ReadonlyMap<number, CopyData>
}

/** What is kept of the statements of one piece. */
export type PieceSurvey = Omit<Survey, 'copies'>

/** @param newValues of enums, that earlier pieces added. */
export function surveyStatements(
  statements: readonly Statement[],
  newValues: readonly string[],
): PieceSurvey {
  return {
    borders: statements.map(({from}) => from),
    notable: statements.flatMap((statement, index) =>
      isNotable(statement.node) ? [{...statement, index}] : [],
    ),
    enums: enumEvents(statements, newValues),
  }
}

function isNotable(node: Node): boolean {
  return concernsTransaction(node) || refusedInTransaction(node) !== undefined || readsStdin(node)
}

/** Whether a statement waits for rows from the client. */
export function readsStdin(node: Node): boolean {
  if (!('CopyStmt' in node)) return false
  const {is_from: isFrom, filename} = node.CopyStmt
  return isFrom === true && filename === undefined
}
