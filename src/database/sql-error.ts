/** How far a run of statements came before one failed. */
export interface Progress {
  /** Marked rows received. */
  readonly marks: number
  /** Statements completed since the last marked row. */
  readonly completed: number
}

/** What PostgreSQL says of a statement that it refused; see "Error and Notice Message Fields" in its manual. */
export interface SqlErrorFields {
  /** SQLSTATE. */
  readonly code: string
  readonly severity?: string | undefined
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  /** Character of the text that was sent, from 1. */
  readonly position?: number | undefined
  /** The statement inside a function that failed. */
  readonly query?: string | undefined
  /** Where in functions it happened. */
  readonly where?: string | undefined
}

/** A statement failed; the session lives. */
export class SqlError extends Error implements SqlErrorFields {
  override readonly name = 'SqlError'
  readonly code: string
  readonly severity: string | undefined
  readonly detail: string | undefined
  readonly hint: string | undefined
  readonly position: number | undefined
  readonly query: string | undefined
  readonly where: string | undefined
  readonly progress: Progress

  constructor(message: string, fields: SqlErrorFields, progress: Progress) {
    super(message)
    this.code = fields.code
    this.severity = fields.severity
    this.detail = fields.detail
    this.hint = fields.hint
    this.position = fields.position
    this.query = fields.query
    this.where = fields.where
    this.progress = progress
  }
}

/** Whether the server refused a statement, with one of these SQLSTATEs if any are named. */
export function isSqlError(error: unknown, ...codes: string[]): error is SqlError {
  return error instanceof SqlError && (codes.length === 0 || codes.includes(error.code))
}
