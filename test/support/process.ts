import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'

export interface ProcessOptions {
  /** Modules that run first: what the machine does to the process. */
  readonly preload?: readonly URL[]
  readonly env?: Readonly<Record<string, string>>
  /** User and group, where this process may choose them. */
  readonly uid?: number
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly pid: number
  /** Resolves when the process has written its first bytes to stdout. */
  readonly ready: Promise<unknown>
  readonly ended: Promise<Ended>
  kill(signal: NodeJS.Signals): void
}

/** Starts a TypeScript module in a process of its own. */
export function startProcess(
  script: URL,
  args: readonly string[],
  {preload = [], env = {}, uid}: ProcessOptions = {},
): Started {
  const flags = preload.flatMap((module) => ['--import', module.href])
  const child = spawn(process.execPath, [...flags, fileURLToPath(script), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...process.env, ...env},
    ...(uid === undefined ? {} : {uid, gid: uid}),
  })
  const outputs = Promise.all([text(child.stdout), text(child.stderr)])
  const ended = once(child, 'close').then(async ([code, signal]) => {
    const [stdout, stderr] = await outputs
    return {code, signal, stdout, stderr}
  })
  const ready = Promise.race([
    once(child.stdout, 'data'),
    ended.then(({stderr}) => Promise.reject(new Error(`ended before it was ready: ${stderr}`))),
  ])
  ready.catch(() => undefined)
  return {pid: child.pid!, ready, ended, kill: (signal) => void child.kill(signal)}
}

export async function runProcess(
  script: URL,
  args: readonly string[],
  options?: ProcessOptions,
): Promise<Ended> {
  return startProcess(script, args, options).ended
}
