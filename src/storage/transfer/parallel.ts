/**
 * Does the work on every item, at most `limit` at a time. After a failure nothing more is begun, and
 * what is under way ends before the first error is thrown: nothing goes on behind the caller's back.
 */
export async function inParallel<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items].values()
  let failed = false
  const worker = async () => {
    for (const item of waiting) {
      if (failed) return
      await work(item).catch((error: unknown) => {
        failed = true
        throw error
      })
    }
  }
  const results = await Promise.allSettled(Array.from({length: limit}, worker))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
