import type {Batch} from '../artifact/release.ts'
import type {Statement} from './parser.ts'

/** Bytes of a batch at most, unless one statement alone is longer: 1 MiB. */
const batchSize = 1024 * 1024

/**
 * Where a script is cut to be sent: outside a transaction before each statement, else so that whole
 * statements fill batches. Undefined where nothing is cut.
 *
 * @param length of the script, in bytes.
 */
export function cutIntoBatches(
  statements: readonly Statement[],
  length: number,
  transaction: boolean,
): readonly Batch[] | undefined {
  const batches = transaction ? filled(statements, length) : statements.map(({from}) => from)
  return batches.length > 1 ? batches : undefined
}

function filled(statements: readonly Statement[], length: number): number[] {
  const batches = [0]
  let start = 0
  for (const [index, {from}] of statements.entries()) {
    const end = statements[index + 1]?.from ?? length
    if (from === start || end - start <= batchSize) continue
    batches.push(from)
    start = from
  }
  return batches
}
