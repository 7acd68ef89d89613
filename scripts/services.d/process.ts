import {spawn} from 'node:child_process'
import {closeSync, openSync, readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {identify} from './identity.ts'
import {serverUser} from './owner.ts'

/** A server's process, told from any later process that gets the same id. */
export interface ServerProcess {
  readonly pid: number
  readonly identity: string
  readonly stopSignal: NodeJS.Signals
}

export interface ServerCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
  /** Where the server's standard output and standard error go; may be one file. */
  readonly output: string
  readonly log: string
  readonly stopSignal: NodeJS.Signals
  /** Resolves once the server does its work, rejects as long as it does not. */
  readonly answers: () => Promise<unknown>
}

const startLimit = 30_000
const stopLimit = 10_000
const pollInterval = 10

/** Starts a server that outlives this process, and waits until it answers. */
export async function startServer(server: ServerCommand): Promise<ServerProcess> {
  const output = openSync(server.output, 'a')
  const log = openSync(server.log, 'a')
  const child = spawn(server.command, server.args, {
    ...serverUser,
    cwd: server.folder,
    env: {PATH: process.env['PATH'], HOME: server.folder, LC_ALL: 'C', ...server.env},
    stdio: ['ignore', output, log],
    // a group of its own: Ctrl-C in the terminal is for the tests, which then stop their servers
    detached: true,
  })
  closeSync(output)
  closeSync(log)
  let over = false
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`))
  }).finally(() => (over = true))
  const failure = await Promise.race([ended, waitFor(server.answers, () => over)])
  const identity = child.pid === undefined ? undefined : identify(child.pid)
  if (failure === undefined && child.pid !== undefined && identity !== undefined) {
    child.unref()
    return {pid: child.pid, identity, stopSignal: server.stopSignal}
  }
  child.kill('SIGKILL')
  const reason = failure ?? (await ended)
  throw new Error(`${server.command} did not start: ${reason}\n${lastLines(server.log)}`)
}

/** Returns what is wrong, or undefined once the server answers. */
async function waitFor(
  answers: () => Promise<unknown>,
  isOver: () => boolean,
): Promise<string | undefined> {
  const deadline = Date.now() + startLimit
  let lastError: unknown
  while (!isOver() && Date.now() < deadline) {
    try {
      await answers()
      return undefined
    } catch (error) {
      lastError = error
    }
    await sleep(pollInterval)
  }
  return `no answer in ${startLimit} ms: ${String(lastError)}`
}

/** Whether this very process still runs. */
export function isRunning({pid, identity}: ServerProcess): boolean {
  return identify(pid) === identity
}

/** Stops servers that lean on each other, the last one first. */
export async function stopServers(servers: readonly ServerProcess[]): Promise<void> {
  for (const server of servers.toReversed()) await stopServer(server)
}

/** Asks the process to end, insists after a while, and returns once it is gone. */
async function stopServer(server: ServerProcess): Promise<void> {
  const deadline = Date.now() + stopLimit
  if (isRunning(server)) process.kill(server.pid, server.stopSignal)
  while (isRunning(server)) {
    if (Date.now() > deadline) process.kill(server.pid, 'SIGKILL')
    await sleep(pollInterval)
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n')
}
