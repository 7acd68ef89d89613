import {spawn} from 'node:child_process'
import type {SpawnOptions} from 'node:child_process'
import {once} from 'node:events'
import {text} from 'node:stream/consumers'

export interface Outcome {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end without input, whatever its exit code. */
export async function run(
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'> = {},
): Promise<Outcome> {
  const child = spawn(command, args, {...options, stdio: ['ignore', 'pipe', 'pipe']})
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return {exitCode, stdout, stderr}
}
