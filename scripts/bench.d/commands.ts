import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'
import {tool} from '../../test/support/services.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** Runs a program to its end; its output only counts where it fails. */
export async function run(
  command: string,
  args: readonly string[],
  {cwd, env}: {readonly cwd?: string; readonly env?: NodeJS.ProcessEnv} = {},
): Promise<void> {
  const child = spawn(command, args, {
    cwd,
    env: {...process.env, ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`)
}

/** The built squizzle, as a user runs it. */
export async function squizzle(
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  await run(process.execPath, [bin, ...args], {
    cwd,
    env: {CI: '', DATABASE_URL: '', SQUIZZLE_ORAS: tool('oras'), ...env},
  })
}
