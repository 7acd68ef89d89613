import {stat} from 'node:fs/promises'
import type {DatabaseSettings} from '../config/settings.ts'
import {readLedger} from '../database/ledger/read.ts'
import {pooledDirectly} from '../database/apply/refuse.ts'
import {checkSameDatabase} from '../database/same-database.ts'
import {isSquizzleError} from '../errors.ts'
import {readSource} from '../source/read.ts'
import type {Check} from '../storage/storage.ts'
import type {Context} from './context.ts'
import {withProjectDatabase} from './project-database.ts'

export interface ConfigCheckResult {
  readonly ok: boolean
  readonly checks: readonly Check[]
}

export interface ConfigCheckInput {
  /** Absent where none is configured; `databaseHint` says why. */
  readonly database?: DatabaseSettings | undefined
  readonly databaseHint?: string | undefined
}

/** Tries every part of the configuration for real, writing nothing that stays. Never throws for a part that fails. */
export async function validateConfig(
  context: Context,
  {database, databaseHint}: ConfigCheckInput,
): Promise<ConfigCheckResult> {
  const {file} = context.settings
  const checks: Check[] = [
    {name: 'configuration', status: 'ok', message: file ?? 'no file: the defaults are used'},
    await checkMigrations(context),
    ...(await checkStorage(context)),
    database
      ? await attempt('database', () => checkDatabase(context, database))
      : {
          name: 'database',
          status: 'failed',
          message: 'no database configured',
          ...(databaseHint !== undefined && {hint: databaseHint}),
        },
    ...(database?.directUrl === undefined
      ? []
      : [await attempt('directUrl', () => checkDirect(context, database))]),
  ]
  return {ok: checks.every(({status}) => status !== 'failed'), checks}
}

/** Who only applies needs no migrations folder: the artifacts have everything. */
async function checkMigrations({settings}: Context): Promise<Check> {
  const {path} = settings.migrations
  if (!(await exists(path))) {
    return {
      name: 'migrations',
      status: 'skipped',
      message: `${path} is not there: nothing to build here`,
    }
  }
  return attempt('migrations', async () => {
    const {migrations, format} = await readSource(settings.migrations)
    return `${migrations.length} in ${path} (${format} format)`
  })
}

async function checkStorage(context: Context): Promise<readonly Check[]> {
  try {
    const storage = await context.storage()
    const {signal, timeout} = context
    return await storage.check({signal, timeout})
  } catch (error) {
    return [failed('storage', error)]
  }
}

async function checkDatabase(context: Context, settings: DatabaseSettings): Promise<string> {
  const folder = /^pglite:(?!memory$)(?<path>.+)$/.exec(settings.url)?.groups?.['path']
  if (folder !== undefined && !(await exists(folder))) {
    return `${settings.url} is made by the first apply`
  }
  return withProjectDatabase(context, settings, async (session) => {
    const {releases, exists: hasLedger} = await readLedger(session, settings)
    const {versionText, role, pooled} = session.server
    const at = hasLedger ? `at ${releases.at(-1)?.version ?? 'no release'}` : 'without a ledger yet'
    const pooler = pooled ? ', behind a pooler' : ''
    return `${session.name}: PostgreSQL ${versionText} as ${role}${pooler}, ${at}`
  })
}

async function checkDirect(context: Context, settings: DatabaseSettings): Promise<string> {
  const direct = {...settings, url: settings.directUrl ?? settings.url}
  return withProjectDatabase(context, direct, async (session) => {
    if (session.server.pooled) throw pooledDirectly(session.name)
    return withProjectDatabase(context, settings, async (main) => {
      await checkSameDatabase(main, session)
      return `${session.name}: the same database`
    })
  })
}

async function attempt(name: string, work: () => Promise<string>): Promise<Check> {
  try {
    return {name, status: 'ok', message: await work()}
  } catch (error) {
    return failed(name, error)
  }
}

function failed(name: string, error: unknown): Check {
  if (!isSquizzleError(error)) throw error
  const {message, hint} = error
  return {name, status: 'failed', message, ...(hint !== undefined && {hint})}
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
