import {setTimeout as sleep} from 'node:timers/promises'
import {isVersion, type Version} from '../artifact/version.ts'
import type {DatabaseSettings} from '../config/settings.ts'
import {readLedger} from '../database/ledger/read.ts'
import {lackOf, type Requirement} from '../database/plan/requirement.ts'
import {describeStatus, type DatabaseStatus} from '../database/plan/status.ts'
import {describeUrl} from '../database/url.ts'
import {isSquizzleError, SquizzleError, type ErrorCode} from '../errors.ts'
import {choose} from './choose.ts'
import type {Context} from './context.ts'
import {withProjectDatabase} from './project-database.ts'

export interface RequireInput {
  /** A version, which the database alone can answer for, or a tag or digest of the storage. */
  readonly reference: string
  readonly database: DatabaseSettings
  /** Seconds to wait for it. */
  readonly wait: number
  readonly offline: boolean
}

export interface RequireResult extends DatabaseStatus {
  /** Free of secrets. */
  readonly database: string
  readonly required: {readonly reference: string; readonly version: Version}
}

/** What passes by itself: a database that is starting, failing over, or has no connection left. */
const passing: readonly ErrorCode[] = ['UNREACHABLE', 'CONNECTION_LOST']

/** Milliseconds between two looks: soon at first, then less often, never at the same moment as others. */
const [shortest, longest] = [250, 2000]

/**
 * Waits until a database has what is required of it. Each look is a connection of its own, so that hundreds of waiting
 * pods don't hold hundreds of connections. Writes nothing.
 * @throws PENDING where it has not in time, UNREACHABLE or CONNECTION_LOST where it could not be asked then; at once
 *   what `choose`, `readLedger` and `lackOf` throw otherwise
 */
export async function requireRelease(
  context: Context,
  input: RequireInput,
): Promise<RequireResult> {
  const {reference, database, wait} = input
  const requirement = await requirementOf(context, input)
  const version = 'config' in requirement ? requirement.config.version : requirement.version
  const named = 'config' in requirement ? `${reference} (${version})` : version
  const deadline = performance.now() + wait * 1000
  let shown: string | undefined
  for (let looks = 0; ; looks += 1) {
    context.signal.throwIfAborted()
    const seen = await look(context, database, requirement)
    if (seen.lack === undefined) return {...seen.status, required: {reference, version}}
    const left = deadline - performance.now()
    if (left <= 0) throw 'error' in seen ? seen.error : pending(named, input, seen.lack)
    if (seen.lack !== shown) {
      shown = seen.lack
      await context.report({type: 'note', text: `waiting for ${named}: ${shown}`})
    }
    const delay = Math.min(longest, shortest * 1.5 ** looks) * (0.75 + Math.random() / 2)
    await sleep(Math.min(delay, left), undefined, {signal: context.signal})
  }
}

async function requirementOf(
  context: Context,
  {reference, offline}: RequireInput,
): Promise<Requirement> {
  const version = reference.replace(/^v(?=\d)/, '')
  if (isVersion(version)) {
    const {project} = context.settings
    return {version, ...(project !== undefined && {project})}
  }
  return {config: (await choose(context, reference, {offline})).artifact.config}
}

type Seen =
  | {readonly lack?: undefined; readonly status: DatabaseStatus & {readonly database: string}}
  | {readonly lack: string; readonly error?: SquizzleError}

async function look(
  context: Context,
  database: DatabaseSettings,
  requirement: Requirement,
): Promise<Seen> {
  try {
    return await withProjectDatabase(context, database, async (session) => {
      const ledger = await readLedger(session, database)
      const lack = lackOf(requirement, ledger)
      if (lack !== undefined) return {lack}
      return {status: {...describeStatus(ledger), database: session.name}}
    })
  } catch (error) {
    if (!isSquizzleError(error) || !passing.includes(error.code)) throw error
    return {lack: error.message, error}
  }
}

function pending(named: string, {wait, database}: RequireInput, lack: string): SquizzleError {
  const name = describeUrl(database.url)
  const when = wait === 0 ? 'now' : `after ${wait} seconds`
  return new SquizzleError('PENDING', `${named} is not in ${name} ${when}: ${lack}`, {
    hint: 'Apply it, or wait longer with --wait.',
    details: {required: named, database: name, waitedSeconds: wait},
  })
}
