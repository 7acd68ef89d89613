import type {Node, ParseResult} from 'libpg-query'

/** A statement as PostgreSQL's parser sees it. Offsets are bytes of the text that was parsed. */
export interface Statement {
  readonly node: Node
  /** Of its first word. */
  readonly start: number
  /**
   * Of its piece: after the semicolon of the statement before it, so that the comments above a
   * statement belong to it, and the pieces together are the script.
   */
  readonly from: number
}

export type Parsed = {readonly statements: readonly Statement[]} | Unparsed

export type Unparsed =
  /** `character`: which code point of the text the parser stopped at, from 0. */
  | {readonly refusal: string; readonly character: number}
  /** The parser gave up for want of memory or stack: no word on whether it is SQL. */
  | {readonly exhausted: string}

/** Parses a text with PostgreSQL's own grammar, the newest one. Not for an empty one, nor for one with a NUL. */
export async function parseScript(sql: string): Promise<Parsed> {
  const {hasSqlDetails, loadModule, parseSync} = await import('libpg-query')
  await loadModule()
  let result: ParseResult
  try {
    result = parseSync(sql)
  } catch (error) {
    if (!hasSqlDetails(error)) return {exhausted: String(error)}
    return {
      refusal: shortened(error.message),
      character: error.sqlDetails?.cursorPosition ?? 0,
    }
  }
  let from = 0
  const statements: Statement[] = []
  for (const {stmt, stmt_location: start = 0, stmt_len: length} of result.stmts ?? []) {
    if (stmt !== undefined) statements.push({node: stmt, start, from})
    // Only a last statement without a semicolon has no length.
    if (length !== undefined) from = start + length + 1
  }
  return {statements}
}

/** The parser quotes what it stopped at: of an open quote, all the rest of the file. */
function shortened(message: string): string {
  return message.replace(/(?<= at or near ")[^]*(?="$)/, (near) => {
    const short = Array.from(
      near
        .slice(0, 200)
        .split(/[\r\n]/, 1)
        .join(),
    )
      .slice(0, 40)
      .join('')
    return short === near ? near : `${short}…`
  })
}
