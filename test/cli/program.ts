import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import {text} from 'node:stream/consumers'

/** Runs commands of the tests through the real entry. */
export const program = fileURLToPath(new URL('fixtures/program.ts', import.meta.url))

export interface Outcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Surroundings {
  /** On top of a plain environment: no colours, no CI. */
  readonly env?: Readonly<Record<string, string>>
  /** Of node itself. */
  readonly nodeArgs?: readonly string[]
  readonly script?: string
  readonly node?: string
  readonly cwd?: string
}

/** Runs the program as a pipeline does: no terminal, no input. */
export async function squizzle(
  args: readonly string[],
  {env = {}, nodeArgs = [], script = program, node = process.execPath, cwd}: Surroundings = {},
): Promise<Outcome> {
  const child = spawn(node, [...nodeArgs, script, ...args], {
    env: plainEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : {cwd}),
  })
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return {exitCode, stdout, stderr}
}

/** What the process of the tests was started with must not decide how they go. */
export function plainEnv(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const {PATH, HOME, TMPDIR} = process.env
  return {PATH, HOME, ...(TMPDIR === undefined ? {} : {TMPDIR}), LC_ALL: 'C.UTF-8', ...extra}
}
