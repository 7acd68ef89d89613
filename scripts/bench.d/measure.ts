/** One thing to time: `run` is timed, `prepare` before each run is not. */
export interface Contestant {
  readonly name: string
  readonly prepare?: () => Promise<void> | void
  readonly run: () => Promise<void> | void
}

export interface Timed {
  readonly name: string
  /** Milliseconds, in the order of the rounds. */
  readonly times: readonly number[]
}

/** Times contestants in turns, so that whatever slows the machine slows them all; one round before is not counted. */
export async function race(contestants: readonly Contestant[], rounds: number): Promise<Timed[]> {
  const times = contestants.map(() => [] as number[])
  for (let round = 0; round <= rounds; round += 1) {
    for (const [at, {prepare, run}] of contestants.entries()) {
      await prepare?.()
      const begun = performance.now()
      await run()
      if (round > 0) times[at]?.push(performance.now() - begun)
    }
  }
  return contestants.map(({name}, at) => ({name, times: times[at] ?? []}))
}

export function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  return ((low ?? 0) + (high ?? 0)) / 2
}

/** A table of medians with the ratio to the first one. */
export function report(title: string, timed: readonly Timed[]): string {
  const base = median(timed[0]?.times ?? [])
  const width = Math.max(...timed.map(({name}) => name.length))
  const lines = timed.map(({name, times}) => {
    const range = `${Math.min(...times).toFixed(0)}-${Math.max(...times).toFixed(0)}`
    const ratio = (median(times) / base).toFixed(2)
    return `  ${name.padEnd(width)}  ${median(times).toFixed(0).padStart(7)} ms  ${ratio.padStart(6)}x  (${range})`
  })
  return [`${title} (median of ${timed[0]?.times.length ?? 0}, ratio to the first)`, ...lines].join(
    '\n',
  )
}
