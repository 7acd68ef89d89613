import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {text} from 'node:stream/consumers'
import {plainEnv, program, type Outcome, type Surroundings} from './program.ts'

/** The program as it runs: what it has shown so far, and its end. */
export interface Live {
  /** Waits until it has shown a text on stderr. @throws where it ends without */
  readonly until: (shown: string | RegExp) => Promise<void>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly ended: Promise<Outcome>
}

/** Starts the program as a pipeline does: no terminal, no input. */
export function goLive(
  args: readonly string[],
  {env = {}, script = program, cwd}: Pick<Surroundings, 'env' | 'script' | 'cwd'> = {},
): Live {
  const child = spawn(process.execPath, [script, ...args], {
    env: plainEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : {cwd}),
  })
  const stdout = text(child.stdout)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const ended = (once(child, 'close') as Promise<[number | null]>).then(async ([exitCode]) => ({
    exitCode,
    stdout: await stdout,
    stderr,
  }))
  const isShown = (shown: string | RegExp) =>
    typeof shown === 'string' ? stderr.includes(shown) : shown.test(stderr)
  return {
    ended,
    kill: (signal) => void child.kill(signal),
    until: async (shown) => {
      while (!isShown(shown)) {
        if (child.exitCode !== null) throw new Error(`it ended without ${shown}:\n${stderr}`)
        await Promise.race([once(child.stderr, 'data'), ended])
      }
    },
  }
}
