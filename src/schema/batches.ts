import type {Batch} from '../artifact/release.ts'
import type {Survey} from './survey.ts'

/** Bytes of a batch at most, unless one statement alone is longer: 1 MiB. */
export const batchSize = 1024 * 1024

/**
 * Where a script is cut to be sent: outside a transaction before each statement, else so that whole
 * statements fill batches, a COPY with its rows alone. Undefined where nothing is cut.
 *
 * @param length of the script, in bytes.
 */
export function cutIntoBatches(
  survey: Survey,
  length: number,
  transaction: boolean,
): readonly Batch[] | undefined {
  const batches = transaction ? filled(survey, length) : survey.borders
  return batches.length > 1 || survey.copies.size > 0 ? batches : undefined
}

function filled({borders, copies}: Survey, length: number): Batch[] {
  const batches: Batch[] = []
  let start: number | undefined
  for (const [index, from] of borders.entries()) {
    const at = index === 0 ? 0 : from
    const copy = copies.get(index)
    const end = borders[index + 1] ?? length
    if (copy !== undefined) {
      batches.push({at, data: copy.start, end: copy.end})
      start = undefined
    } else if (start === undefined || end - start > batchSize) {
      batches.push(at)
      start = at
    }
  }
  return batches
}

/** Where the batches of a script are cut that no parser took: only at the rows of its COPY statements. */
export function cutAtCopies(
  pieces: readonly {
    readonly start: number
    readonly data?: {readonly start: number; readonly end: number}
  }[],
): readonly Batch[] | undefined {
  const batches = pieces.flatMap<Batch>(({start, data}, index) => {
    if (data !== undefined) return [{at: start, data: data.start, end: data.end}]
    const before = pieces[index - 1]
    return before !== undefined && before.data === undefined ? [] : [start]
  })
  return pieces.some(({data}) => data !== undefined) ? batches : undefined
}
