import type {SquizzleError} from '../errors.ts'
import {invalidInput} from './problems/problems.ts'
import type {ConfigBackend} from './settings.ts'

/** Flags that every command has, and those of `push`, `pull` and the like; absent where not given. */
export interface ConfigFlags {
  readonly config?: string | undefined
  readonly env?: string | undefined
  readonly registry?: string | undefined
  readonly storage?: string | undefined
}

export interface LoadInput {
  /** Absolute. */
  readonly cwd: string
  /** The process's variables; nothing here looks at them elsewhere. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly flags?: ConfigFlags
  /** Every kind of storage that there is, the default `local` among them. */
  readonly backends: readonly ConfigBackend[]
  /** Thrown for a kind of storage that is not among them: who may have brought it has failed. */
  readonly lacking?: SquizzleError | undefined
}

/** A text that a person gave, and by what: `--env`, `SQUIZZLE_ENV`. */
export interface Given {
  readonly text: string
  readonly origin: string
}

/** A flag, else a variable. @throws USAGE for a flag without a value */
export function given(
  {flags = {}, env}: LoadInput,
  flag: keyof ConfigFlags,
  variable?: string,
): Given | undefined {
  const written = flags[flag]
  if (written !== undefined) {
    const origin = `--${flag}`
    const hint = 'Is the variable that it is written with unset?'
    if (written.trim() === '') throw invalidInput(origin, `${origin} has no value`, hint)
    return {text: written.trim(), origin}
  }
  return variable === undefined ? undefined : givenBy(env, variable)
}

/** A variable; one that is empty counts as unset, as pipelines set them. */
export function givenBy(env: LoadInput['env'], variable: string): Given | undefined {
  const text = env[variable]?.trim() ?? ''
  return text === '' ? undefined : {text, origin: variable}
}

/** GitHub, GitLab and most others set `CI`. */
export function isCI(env: LoadInput['env']): boolean {
  const value = env['CI']?.trim().toLowerCase() ?? ''
  return !['', '0', 'false'].includes(value)
}
