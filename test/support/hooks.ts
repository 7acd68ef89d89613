import {spawn} from 'node:child_process'
import type {ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {resolveOwnName} from './own-name.ts'
import {wantedServices} from './services.ts'

resolveOwnName()

const services = join(import.meta.dirname, '../../scripts/services.d/main.ts')

let holder: ChildProcess | undefined

/**
 * Starts the services that the loaded test files ask for, unless SQUIZZLE_TEST_SERVICES names
 * ones that run already. They belong to a process that stops them when its standard input ends,
 * which happens however this one ends.
 */
export async function mochaGlobalSetup(): Promise<void> {
  const wanted = wantedServices()
  if (process.env['SQUIZZLE_TEST_SERVICES'] !== undefined || wanted.length === 0) return
  const child = spawn(process.execPath, [services, 'hold', ...wanted], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // a group of its own: Ctrl-C ends the tests first, then the services
    detached: true,
  })
  holder = child
  for await (const line of createInterface(child.stdout)) {
    process.env['SQUIZZLE_TEST_SERVICES'] = line
    return
  }
  throw new Error('the services did not start')
}

export async function mochaGlobalTeardown(): Promise<void> {
  if (holder === undefined || holder.exitCode !== null) return
  holder.stdin?.end()
  await once(holder, 'exit')
}
