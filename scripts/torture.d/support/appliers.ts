import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'

export interface Order {
  readonly url: string
  /** Only what a transaction pooler takes. */
  readonly transactional: boolean
}

/** What became of one process's run. */
export type Answer =
  | {readonly applied: readonly string[]; readonly skipped: readonly string[]}
  | {readonly failed: string}

/** Gives all processes the same order at the same moment, and returns what became of each. */
export type Crowd = (order: Order) => Promise<readonly Answer[]>

const program = fileURLToPath(new URL('../programs/applier.ts', import.meta.url))

/**
 * Runs the work with processes that have started and wait for orders.
 * @param build the built squizzle that they run
 */
export async function withAppliers(
  count: number,
  build: string,
  work: (crowd: Crowd) => Promise<void>,
): Promise<void> {
  const appliers = Array.from({length: count}, () => startApplier(build))
  try {
    await Promise.all(appliers.map(({answer}) => answer()))
    await work((order) => {
      for (const {child} of appliers) child.stdin.write(`${JSON.stringify(order)}\n`)
      return Promise.all(appliers.map(async ({answer}) => JSON.parse(await answer()) as Answer))
    })
  } finally {
    for (const {child} of appliers) child.stdin.end()
    await Promise.all(appliers.map(({ended}) => ended))
  }
}

function startApplier(build: string) {
  const child = spawn(process.execPath, [program, build], {stdio: ['pipe', 'pipe', 'inherit']})
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const answer = async () => {
    const {done, value} = await lines.next()
    if (done === true) throw new Error('an applier ended without an answer')
    return value
  }
  return {child, answer, ended: once(child, 'exit')}
}
