import {setTimeout as sleep} from 'node:timers/promises'
import {SquizzleError} from '../../errors.ts'
import {connectionFlags, type Connection} from './connection.ts'
import {explain, type Attempt} from './explain.ts'
import {classify, type Failure} from './failure.ts'
import type {Location} from './location.ts'
import type {Oras} from './oras.ts'
import type {IdleLimit, ProgramResult} from './program.ts'
import {pauseBefore} from './retry.ts'

/** One call of `oras` to the repository. */
export interface OrasCall {
  /** `['manifest', 'fetch']`. */
  readonly command: readonly string[]
  readonly flags?: readonly string[]
  /** References and files; never taken for flags. */
  readonly operands: readonly string[]
  /** Which end of a copy the repository is. Other commands have one end. */
  readonly end?: 'from' | 'to'
  readonly cwd?: string
  /** Bytes of the answer. */
  readonly largestOutput?: number
  readonly onLine?: (line: string) => void
  readonly idle?: IdleLimit
}

export type Outcome =
  | {readonly ok: true; readonly output: Buffer}
  | {readonly ok: false; readonly failure: Failure; readonly error: SquizzleError}

/** The repository for the length of one piece of work: limits and credentials are set up. */
export interface Session {
  readonly location: Location
  readonly signal: AbortSignal
  /** Where the credentials come from, as people name it. */
  readonly credentials: string
  /** What may pass has been tried again before this says that it failed. @throws TOOL_MISSING, TOO_LARGE */
  attempt(call: OrasCall): Promise<Outcome>
  /** As `attempt`, for a call whose failure is the end. @throws what `explain` makes of it */
  run(call: OrasCall): Promise<Buffer>
  /** For a failure that means something else in one place. */
  explain(failure: Failure): SquizzleError
}

export interface SessionSetup {
  readonly location: Location
  readonly connection: Connection
  /** As it follows "timeout" and "oras failed": `pulling artifact`. */
  readonly doing: string
  readonly signal: AbortSignal
  readonly credentials: string
  /** Where oras finds them. */
  readonly files: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export function createSession(oras: Oras, setup: SessionSetup): Session {
  const {location, connection, doing, signal, credentials, files, env} = setup
  const attempted: Attempt = {location, doing, plainHttp: connection.plainHttp, credentials}

  const explainHere = (failure: Failure) => explain(failure, attempted)

  async function once({command, flags = [], operands, end, ...options}: OrasCall) {
    const reach = connectionFlags(connection, files, end)
    const args = [...command, ...flags, ...reach, '--', ...operands]
    return oras.run(args, {...options, env, signal})
  }

  async function attempt(call: OrasCall): Promise<Outcome> {
    for (let tries = 0; ; tries++) {
      const result = await once(call)
      if (result.ok) return {ok: true, output: result.stdout}
      const failure = failureOf(result, location)
      const pause = pauseBefore(failure, tries)
      if (pause === undefined) return {ok: false, failure, error: explainHere(failure)}
      await sleep(pause, undefined, {signal})
    }
  }

  return {
    location,
    signal,
    credentials,
    attempt,
    explain: explainHere,
    async run(call) {
      const outcome = await attempt(call)
      if (!outcome.ok) throw outcome.error
      return outcome.output
    },
  }
}

function failureOf(
  {failure, stderr, ending}: ProgramResult,
  {registry, repository}: Location,
): Failure {
  if (failure === 'overflow') throw answersTooMuch(registry)
  const named = classify(stderr, `${registry}/${repository}`)
  if (failure === 'idle') return {...named, kind: 'idle'}
  return named.text === '' ? {...named, text: `it ended with ${ending}`} : named
}

function answersTooMuch(registry: string): SquizzleError {
  return new SquizzleError('TOO_LARGE', `${registry} answers with more than is taken in`, {
    hint: 'A manifest has 4 MiB at most and a config 16 MiB: this is no artifact of squizzle.',
  })
}
