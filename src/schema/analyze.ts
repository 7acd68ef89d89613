import type {Batch, ScriptRole} from '../artifact/release.ts'
import {SquizzleError} from '../errors.ts'
import {cutAtCopies, cutIntoBatches} from './batches.ts'
import {refuseCopies} from './copy-rules.ts'
import {readDirectives, type Directives} from './directives.ts'
import {remarkNewEnumValues} from './enum-values.ts'
import {unwrapTransaction, type Unwrapped} from './outer-transaction.ts'
import {parserError} from './parser-error.ts'
import type {Source} from './place.ts'
import {blankOut, scanScript} from './scan.ts'
import {sourceError} from './source-error.ts'
import {pieceSize, surveyScript} from './survey-script.ts'
import type {Survey} from './survey.ts'
import {refuseBinary} from './text.ts'
import {refuseTransactionControl} from './transaction-control.ts'
import {chooseTransaction} from './transaction-mode.ts'

export interface ScriptOptions {
  /** Path, as the user knows it: errors begin with it. */
  readonly file: string
  /** The line of that file in which the script begins, from 1 (the default). */
  readonly firstLine?: number
  readonly role: ScriptRole
  /** `optional`: what PostgreSQL's parser refuses is packed as it is, and sent whole. */
  readonly parse: 'required' | 'optional'
  /** The file says in its own format what `-- squizzle: no-transaction` says. */
  readonly noTransaction?: boolean
  /** Ends the analysis, which takes half a minute for 100 MB; its reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

/** What is known of a script before any database sees it. */
export interface AnalyzedScript {
  /**
   * The bytes to be packed: those given, but with blanks where an outer BEGIN ... COMMIT stood, so
   * that lines and columns are those of the file.
   */
  readonly sql: Uint8Array
  readonly transaction: boolean
  readonly lockTimeout?: string
  readonly statementTimeout?: string
  readonly batches?: readonly Batch[]
  /** How many; unknown where the parser refused the script. */
  readonly statements?: number
  /** What its author should be told, each without the file's name. */
  readonly remarks: readonly string[]
}

/**
 * Analyses one SQL script by PostgreSQL's own parser: what may not be in it, how it must be run and
 * where it can be cut. The same bytes and options always give the same result.
 *
 * @param bytes UTF-8, with any line ends.
 * @throws SquizzleError `SOURCE_INVALID`, with file, line and column in its details, where the
 *   script cannot be packed as it is; `TOO_LARGE` where the parser has not the room for a statement.
 */
export async function analyzeScript(
  bytes: Uint8Array,
  options: ScriptOptions,
): Promise<AnalyzedScript> {
  const {file, firstLine = 1, role} = options
  const written: Source = {file, bytes, firstLine}
  refuseBinary(written)
  const {comments, pieces, skipped} = scanScript(written, pieceSize(bytes.length))
  const directives = readDirectives(written, comments)
  const asked = directives.noTransaction !== undefined || options.noTransaction === true
  if (asked && role === 'verify') throw verifyOutsideError(written, directives)
  const remarks = skipped.length === 0 ? [] : ['\\restrict and \\unrestrict lines skipped']
  const source = {...written, bytes: blankOut(bytes, skipped)}
  refuseCopies(source, pieces, {role, asked})
  const result = await surveyScript(source, pieces, options.signal)
  if ('borders' in result) return analyzed(source, result, {role, asked, directives, remarks})
  if (options.parse === 'required') throw parserError(source, result)
  const batches = cutAtCopies(pieces)
  return {
    sql: source.bytes,
    transaction: !asked,
    ...timeoutsOf(directives),
    ...(batches === undefined ? {} : {batches}),
    remarks: [...remarks, "sent whole and unchecked: PostgreSQL's parser does not take it"],
  }
}

interface Known {
  readonly role: ScriptRole
  /** Its author wants it to run outside a transaction. */
  readonly asked: boolean
  readonly directives: Directives
  readonly remarks: readonly string[]
}

function analyzed(source: Source, all: Survey, known: Known): AnalyzedScript {
  const {role, asked, directives, remarks} = known
  // Outside a transaction an outer BEGIN ... COMMIT contradicts the directive, and is refused below.
  const unwrapped: Unwrapped = asked
    ? {sql: source.bytes, survey: all}
    : unwrapTransaction(source, all, role)
  const {sql, survey, taken} = unwrapped
  if (survey.borders.length === 0) throw emptyError(source.file)
  const wrapped = taken !== undefined
  const {transaction, remark} = chooseTransaction(source, survey, {role, asked, wrapped})
  refuseTransactionControl(source, survey.notable, transaction)
  const batches = cutIntoBatches(survey, sql.length, transaction)
  return {
    sql,
    transaction,
    ...timeoutsOf(directives),
    ...(batches === undefined ? {} : {batches}),
    statements: survey.borders.length,
    remarks: [
      ...remarks,
      ...(wrapped ? [`${taken} taken off: apply opens and ends the transaction`] : []),
      ...(remark === undefined ? [] : [remark]),
      ...(transaction ? remarkNewEnumValues(source, survey.enums) : []),
    ],
  }
}

function timeoutsOf({lockTimeout, statementTimeout}: Directives) {
  return {
    ...(lockTimeout === undefined ? {} : {lockTimeout}),
    ...(statementTimeout === undefined ? {} : {statementTimeout}),
  }
}

function emptyError(file: string): SquizzleError {
  return new SquizzleError('SOURCE_INVALID', `${file} has no SQL statement`, {
    hint: 'Write one, or delete the file.',
    details: {file},
  })
}

function verifyOutsideError(source: Source, {noTransaction = 0}: Directives): SquizzleError {
  return sourceError(
    source,
    noTransaction,
    'a verify script cannot run outside a transaction',
    'take the directive out: verify scripts run in a read-only transaction',
  )
}
