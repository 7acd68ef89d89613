import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {startService, whyNot} from './catalog.ts'
import type {ServiceFacts, ServiceName} from './catalog.ts'
import {giveToServer} from './owner.ts'
import {isRunning, stopServers} from './process.ts'
import type {ServerProcess} from './process.ts'

/** A set of started services, as it stands in the file that SQUIZZLE_TEST_SERVICES names. */
export interface Running {
  /** Holds all data of the servers; in the system's folder for temporary files. */
  readonly folder: string
  readonly services: {[Name in ServiceName]?: ServiceFacts[Name]}
  /** Why a service that was asked for can't run on this machine. */
  readonly skipped: {[Name in ServiceName]?: string}
  readonly processes: {[Name in ServiceName]?: readonly ServerProcess[]}
}

export async function createRunning(): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'squizzle-services-'))
  await chmod(folder, 0o711) // the servers' own folders below it are private
  return {folder, services: {}, skipped: {}, processes: {}}
}

/** Starts what of the names does not run yet. When one fails, those started with it are stopped. */
export async function startMore(running: Running, names: readonly ServiceName[]): Promise<Running> {
  const wanted = names.filter((name) => !isUp(running, name))
  const {folder, services, skipped, processes} = await stopSome(running, wanted)
  const reasons = wanted.map((name) => [name, whyNot(name)] as const)
  const startable = reasons.filter(([, reason]) => reason === undefined).map(([name]) => name)
  const outcomes = await Promise.allSettled(
    startable.map(async (name) => ({name, ...(await startInNewFolder(name, folder))})),
  )
  const started = outcomes
    .filter((outcome) => outcome.status === 'fulfilled')
    .map(({value}) => value)
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) {
    await Promise.all(started.map((service) => stopServers(service.processes)))
    throw failed.reason
  }
  for (const [name, reason] of reasons) if (reason !== undefined) skipped[name] = reason
  return {
    folder,
    skipped,
    services: {...services, ...Object.fromEntries(started.map(({name, facts}) => [name, facts]))},
    processes: {
      ...processes,
      ...Object.fromEntries(started.map((service) => [service.name, service.processes])),
    },
  }
}

/** Stops the named services and removes their data. */
export async function stopSome(running: Running, names: readonly ServiceName[]): Promise<Running> {
  const services = {...running.services}
  const skipped = {...running.skipped}
  const processes = {...running.processes}
  await Promise.all(
    names.map(async (name) => {
      await stopServers(processes[name] ?? [])
      await rm(join(running.folder, name), {recursive: true, force: true})
      delete services[name]
      delete skipped[name]
      delete processes[name]
    }),
  )
  return {folder: running.folder, services, skipped, processes}
}

export function isUp(running: Running, name: ServiceName): boolean {
  return running.processes[name]?.every(isRunning) ?? false
}

/** Between finding a free port and listening on it, somebody else may take it: then once more. */
async function startInNewFolder(name: ServiceName, parent: string) {
  const folder = join(parent, name)
  for (let attempt = 1; ; attempt++) {
    await rm(folder, {recursive: true, force: true})
    await mkdir(folder, {mode: 0o700})
    giveToServer(folder)
    try {
      return await startService(name, folder)
    } catch (error) {
      if (attempt === 3 || !/address already in use/i.test(String(error))) throw error
    }
  }
}

/** Only for the owner's eyes: it holds the servers' passwords. */
export async function writeRunning(file: string, running: Running): Promise<void> {
  await writeFile(file, `${JSON.stringify(running, null, 2)}\n`, {mode: 0o600})
}
