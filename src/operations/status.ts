import type {Digest} from '../artifact/digest.ts'
import type {DatabaseSettings} from '../config/settings.ts'
import {readLedger} from '../database/ledger/read.ts'
import {lockKey, readLockOwner, type LockOwner} from '../database/lock.ts'
import {describeStatus, type DatabaseStatus} from '../database/plan/status.ts'
import {isSquizzleError} from '../errors.ts'
import {choose, referenceOf, type Chosen} from './choose.ts'
import type {Context} from './context.ts'
import {withProjectDatabase} from './project-database.ts'

export interface StatusInput {
  /** A version, tag or digest to compare with; the environment's own where absent. */
  readonly reference?: string | undefined
  readonly database: DatabaseSettings
  readonly offline: boolean
}

export interface StatusResult extends DatabaseStatus {
  /** Free of secrets. */
  readonly database: string
  /** The session of a run that is under way. */
  readonly lock?: LockOwner
  /** What it was compared with; absent where the storage has no version yet. */
  readonly comparedWith?: {
    readonly reference: string
    readonly digest: Digest
    readonly why?: string
  }
}

/** What a database has, and how that stands to an artifact. Writes nothing. @throws as `choose` and `readLedger` */
export async function status(
  context: Context,
  {reference, database, offline}: StatusInput,
): Promise<StatusResult> {
  const chosen = await chooseIfAny(context, reference, offline)
  const storage = await context.storage()
  return withProjectDatabase(context, database, async (session) => {
    const ledger = await readLedger(session, database)
    const config = chosen?.artifact.config
    const project = ledger.meta?.project ?? config?.project
    const owner =
      project === undefined
        ? undefined
        : await readLockOwner(session, lockKey(database.schema, project))
    return {
      ...describeStatus(ledger, config, owner !== undefined),
      database: session.name,
      ...(owner && {lock: owner}),
      ...(chosen && {
        comparedWith: {
          reference: referenceOf(storage, chosen),
          digest: chosen.artifact.descriptor.digest,
          ...(chosen.why !== undefined && {why: chosen.why}),
        },
      }),
    }
  })
}

/** A storage without any version is no reason to keep silent about the database. */
async function chooseIfAny(
  context: Context,
  reference: string | undefined,
  offline: boolean,
): Promise<Chosen | undefined> {
  try {
    return await choose(context, reference, {offline})
  } catch (error) {
    const nothingThere = isSquizzleError(error) && error.code === 'VERSION_NOT_FOUND'
    if (nothingThere && reference === undefined && context.settings.target === undefined) {
      return undefined
    }
    throw error
  }
}
