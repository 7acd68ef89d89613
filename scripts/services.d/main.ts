import {existsSync, readFileSync} from 'node:fs'
import {mkdir, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {catalog, isServiceName, serviceNames} from './catalog.ts'
import type {ServiceName} from './catalog.ts'
import {createRunning, isUp, startMore, stopSome, writeRunning} from './running.ts'
import type {Running} from './running.ts'

/** What `start` has started from this checkout and `stop` has not stopped. */
const stateFile = join(import.meta.dirname, '../../.services/running.json')
const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP']

const [command = '', ...names] = process.argv.slice(2)
const commands: Readonly<Record<string, (services: ServiceName[]) => Promise<void> | void>> = {
  parts,
  start,
  status,
  env,
  stop,
  hold,
}
const unknown = names.find((name) => !isServiceName(name))
if (unknown === undefined) {
  await commands[command]?.(names.length === 0 ? [...serviceNames] : names.filter(isServiceName))
} else {
  console.error(`Error: no service is called '${unknown}'; there are: ${serviceNames.join(' ')}`)
  process.exitCode = 2
}

/** The parts that services are made of, for the script that installs them. */
function parts(services: ServiceName[]): void {
  const wanted = new Set(services.flatMap((name) => catalog[name].parts))
  console.log([...wanted].join(' '))
}

async function start(services: ServiceName[]): Promise<void> {
  // a Ctrl-C between starting a server and writing that down would leave it running for ever
  for (const signal of endSignals) process.on(signal, () => {})
  await mkdir(dirname(stateFile), {recursive: true})
  const running = await startMore(readState() ?? (await createRunning()), services)
  await writeRunning(stateFile, running)
  status(services)
  env()
}

function status(services: ServiceName[]): void {
  const running = readState()
  for (const name of services) {
    console.error(
      `${name.padEnd(14)} ${running === undefined ? 'stopped' : describe(running, name)}`,
    )
  }
}

function describe(running: Running, name: ServiceName): string {
  const facts = running.services[name]
  const skipped = running.skipped[name]
  if (skipped !== undefined) return `skipped: ${skipped}`
  if (facts === undefined) return 'stopped'
  return isUp(running, name) ? facts.url : `died; its log is ${facts.log}`
}

function env(): void {
  if (readState() !== undefined) console.log(`export SQUIZZLE_TEST_SERVICES='${stateFile}'`)
}

async function stop(services: ServiceName[]): Promise<void> {
  const running = readState()
  if (running === undefined) return
  const left = await stopSome(running, services)
  if (Object.keys(left.services).length > 0) {
    await writeRunning(stateFile, left)
  } else {
    await rm(left.folder, {recursive: true, force: true})
    await rm(stateFile)
  }
}

/**
 * Starts services for the process at the other end of standard input, says where their facts are,
 * and stops them when that input ends: so also when that process was killed.
 */
async function hold(services: ServiceName[]): Promise<void> {
  const created = await createRunning()
  const over = new Promise((resolve) => {
    process.stdin.resume().once('close', resolve)
    for (const signal of endSignals) process.on(signal, resolve)
    // that process may be gone before it is told; standard input then ends as well
    process.stdout.on('error', resolve)
  })
  try {
    const running = await startMore(created, services)
    const file = join(running.folder, 'running.json')
    await writeRunning(file, running)
    console.log(file)
    await over
    await stopSome(running, services)
  } finally {
    await rm(created.folder, {recursive: true, force: true})
  }
  process.stdin.destroy()
}

function readState(): Running | undefined {
  if (!existsSync(stateFile)) return undefined
  return JSON.parse(readFileSync(stateFile, 'utf8'))
}
