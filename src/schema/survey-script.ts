import {batchSize} from './batches.ts'
import {openValues, type EnumEvent} from './enum-values.ts'
import type {CopyData} from './copy-data.ts'
import type {Unparsed} from './parser.ts'
import {parsePiece, withParserProcess, type PieceParser} from './piece-parser.ts'
import type {Source} from './place.ts'
import type {Piece} from './scan.ts'
import {sourceError} from './source-error.ts'
import {readsStdin, type Notable, type PieceSurvey, type Survey} from './survey.ts'

/** Bytes of a script up to which it is parsed in this process: at 4 MiB that can take 2 GB of memory. */
const inProcess = 4 * 1024 * 1024

/** Bytes of a piece at most, for a script of that many: a large one is cut, and parsed in a child process. */
export function pieceSize(bytes: number): number {
  return bytes > inProcess ? batchSize : Infinity
}

/** What the parser did not take, and the piece that it is in. */
export interface RefusedPiece {
  readonly piece: Piece
  readonly why: Unparsed
}

/**
 * Parses all pieces of a script.
 * @throws SOURCE_INVALID where parser and lexer see other COPY statements; the signal's reason
 */
export async function surveyScript(
  source: Source,
  pieces: readonly Piece[],
  signal?: AbortSignal,
): Promise<Survey | RefusedPiece> {
  signal?.throwIfAborted()
  if (source.bytes.length <= inProcess) return surveyPieces(source, pieces, parsePiece)
  return withParserProcess((parse) => surveyPieces(source, pieces, parse), signal)
}

async function surveyPieces(
  source: Source,
  pieces: readonly Piece[],
  parse: PieceParser,
): Promise<Survey | RefusedPiece> {
  const borders: number[] = []
  const notable: Notable[] = []
  const enums: EnumEvent[] = []
  const copies = new Map<number, CopyData>()
  for (const piece of pieces) {
    const sql = source.bytes.subarray(piece.start, piece.end)
    const answer = await parse({sql, newValues: openValues(enums)})
    if (!('borders' in answer)) return {piece, why: answer}
    refuseOtherCopies(source, piece, answer)
    if (piece.data !== undefined) copies.set(borders.length, piece.data)
    const first = borders.length
    for (const border of answer.borders) borders.push(border + piece.start)
    for (const {index, start, from, node} of answer.notable) {
      notable.push({
        index: index + first,
        start: start + piece.start,
        from: from + piece.start,
        node,
      })
    }
    for (const event of answer.enums) enums.push({...event, start: event.start + piece.start})
  }
  return {borders, notable, enums, copies}
}

/** Rows are sent to the statement that the parser, too, knows to read them. */
function refuseOtherCopies(source: Source, {start, data}: Piece, {borders, notable}: PieceSurvey) {
  const reading = notable.filter(({node}) => readsStdin(node))
  const isOne = borders.length === 1 && reading.length === 1
  if (data === undefined ? reading.length === 0 : isOne) return
  throw sourceError(
    source,
    start + (reading[0]?.start ?? 0),
    'it cannot be told where the rows of this COPY ... FROM stdin are',
    'write it as pg_dump does: the statement, its rows from the next line on, and a line of only \\.',
  )
}
