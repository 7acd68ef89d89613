import {isSquizzleError} from '../../errors.ts'
import {openCache} from '../workspace/cache.ts'
import type {Storage} from '../storage.ts'
import type {Errand, News} from './errand.ts'

/**
 * Lets this process be the second one of the suite's tests: called by the module that `visitor` of the
 * contract names, with what opens the storage at an address that the tests' `open` gave.
 */
export function visitStorage(open: (address: never) => Promise<Storage> | Storage): void {
  process.once('message', (errand: Errand) => {
    run(errand, open).then(
      () => report('done'),
      (error: unknown) =>
        report({
          code: isSquizzleError(error) ? error.code : undefined,
          message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
    )
  })
}

async function run(
  {address, folder, manifest, tags, stopAfter = Infinity}: Errand,
  open: (address: never) => Promise<Storage> | Storage,
): Promise<void> {
  const storage = await open(address as never)
  const cache = openCache(folder)
  let begun = 0
  const onProgress = ({state}: {readonly state: string}) => {
    if (state === 'present' || ++begun < stopAfter) return
    report('stopped')
    // not one instruction more: what comes next is SIGKILL
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
  if (tags === undefined) await storage.pull(manifest, cache, {onProgress})
  else await storage.push(manifest, cache, tags, {onProgress})
}

/** The parent ends this process: a storage may hold a connection open. */
function report(news: News): void {
  process.send?.(news)
}
