import {abortable} from '../transfer/limits.ts'
import type {ListedObject, ObjectStore} from './store.ts'

/** The whole listing; given up when the signal aborts, whatever the store does. */
export async function listObjects(
  store: ObjectStore,
  prefix: string,
  signal: AbortSignal,
): Promise<ListedObject[]> {
  const found: ListedObject[] = []
  const listing = store.list(prefix, {signal})[Symbol.asyncIterator]()
  for (;;) {
    const next = await abortable(signal, listing.next())
    if (next.done === true) return found
    found.push(next.value)
  }
}
