import {SquizzleError} from '../../errors.ts'
import type {StorageContext} from '../backend.ts'
import {findOras, orasHint} from './binary.ts'
import {childEnvironment} from './environment.ts'
import {runProgram, type ProgramOptions, type ProgramResult} from './program.ts'
import {parseVersionOutput, requireVersion} from './version.ts'

/** The oras of this machine, found and checked on first use. */
export interface Oras {
  /** @throws TOOL_MISSING, the signal's reason */
  run(args: readonly string[], options: ProgramOptions): Promise<ProgramResult>
  /** Where it is, and its version. @throws TOOL_MISSING */
  locate(): Promise<{readonly binary: string; readonly version: string}>
}

/** What an oras that lacks a command or a flag says of it. */
const looksOld = /unknown (?:command|flag|shorthand flag)/

/** Milliseconds in which any oras says its version. */
const versionTimeout = 10_000

/** The one place that starts `oras`. Its arguments come checked: nothing here knows which of them users wrote. */
export function openOras({
  env,
  root,
  stateDir,
}: Pick<StorageContext, 'env' | 'root' | 'stateDir'>): Oras {
  let found: ReturnType<Oras['locate']> | undefined

  async function askVersion(binary: string): Promise<string> {
    const result = await runProgram(binary, ['version'], {
      env: childEnvironment(env, []),
      signal: new AbortController().signal,
      idle: {after: versionTimeout},
    })
    if (result.failure === 'unstartable') throw unstartable(binary, result.ending)
    return result.stdout.toString('utf8')
  }

  async function find() {
    const binary = await findOras(env, root)
    const version = await requireVersion(binary, stateDir, () => askVersion(binary))
    return {binary, version}
  }

  function locate(): ReturnType<Oras['locate']> {
    found ??= find().catch((error: unknown) => {
      found = undefined
      throw error
    })
    return found
  }

  return {
    locate,
    async run(args, options) {
      const {binary} = await locate()
      const result = await runProgram(binary, args, options)
      if (result.failure === 'unstartable') throw unstartable(binary, result.ending)
      if (!result.ok && looksOld.test(result.stderr)) {
        parseVersionOutput(await askVersion(binary), binary)
      }
      return result
    },
  }
}

/** For another kind of processor, a script without its interpreter, ... */
function unstartable(binary: string, ending: string): SquizzleError {
  return new SquizzleError('TOOL_MISSING', `${binary} cannot be started (${ending})`, {
    hint: orasHint,
  })
}
