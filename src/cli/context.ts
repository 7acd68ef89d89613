import {createRedactor} from '../config/redact.ts'
import {environmentSecrets} from '../config/secrets/collect.ts'
import {redactWith} from './clean.ts'
import {openDisplay} from './display/open.ts'
import type {Display} from './display/display.ts'
import {listenForSignals} from './signals.ts'

/** The flags that every command has. */
export interface GlobalFlags {
  readonly json?: boolean | undefined
  readonly config?: string | undefined
  readonly env?: string | undefined
  readonly verbose?: boolean | undefined
  readonly quiet?: boolean | undefined
}

/** What a command has of the world; nothing below it looks for itself. */
export interface Run {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly display: Display
  /** Aborted by Ctrl-C or SIGTERM; its reason is the error to throw. */
  readonly signal: AbortSignal
  readonly verbose: boolean
}

/** A run that ends: it gives the terminal and the signals back. */
export interface OpenRun extends Run {
  readonly close: () => Promise<void>
}

/** @param collect takes the warnings under `--json` */
export async function beginRun(
  {json = false, quiet = false, verbose = false}: GlobalFlags,
  collect: (warning: string) => void,
): Promise<OpenRun> {
  const {env} = process
  // The configuration adds its own, but reading it may be what fails.
  redactWith(createRedactor(environmentSecrets(env)))
  const display = await openDisplay({json, quiet, env, collect})
  const {signal, stop} = listenForSignals((reason) => {
    display.say(`${reason.message}: cleaning up; once more ends squizzle at once`)
  })
  return {
    cwd: process.cwd(),
    env,
    display,
    signal,
    verbose,
    close: async () => {
      stop()
      await display.close()
    },
  }
}
