import type {Failure, FailureKind} from './failure.ts'

/**
 * Milliseconds before each further try, for what may pass. What asks for other credentials, other permissions
 * or another address never does.
 */
const pauses: Readonly<Partial<Record<FailureKind, readonly number[]>>> = {
  // on these oras has tried six times already, over about seven seconds
  busy: [3000, 10_000],
  'rate-limited': [3000, 10_000],
  timeout: [1000, 5000],
  // a transfer that broke half-way oras does not repeat; what arrived stays
  cut: [250, 1000, 5000],
  corrupt: [250],
  // distribution's answer while another client uploads the same blob (distribution/distribution#2073)
  'blob-unknown': [250, 1000, 3000],
}

/** Milliseconds: who asks to wait longer gets an error instead, for somebody is looking at a terminal. */
const longestWait = 30_000

/** Limits that last for hours: no use in asking again. */
const lastsLong = /pull rate limit/i

/** How long to wait before trying again; undefined where that is no use. */
export function pauseBefore(failure: Failure, tries: number): number | undefined {
  const pause = pauses[failure.kind]?.[tries]
  if (pause === undefined || lastsLong.test(failure.text)) return undefined
  const wait = Math.max(failure.wait ?? 0, pause)
  // jitter, so that the jobs of one pipeline do not come back together
  return wait > longestWait ? undefined : wait * (1 + Math.random() / 4)
}
