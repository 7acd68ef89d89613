import {randomBytes} from 'node:crypto'
import {chmod, cp, mkdir, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {withClient} from '../../support/database.ts'
import {environmentOf, newBucket} from '../../support/s3.ts'
import {run} from '../../support/run.ts'
import {service, tool} from '../../support/services.ts'
import {goLive} from '../live.ts'
import {plainEnv, squizzle, type Outcome} from '../program.ts'
import {backfillLock, configFile, migrations} from './project.ts'

const bin = fileURLToPath(new URL('../../../bin/run.js', import.meta.url))

/** How far a project is: each state holds what the one before it has, but for `restored`. */
export type FolderState =
  | 'new' // nothing
  | 'written' // a configuration and migrations
  | 'built' // 1.0.0, not pushed
  | 'begun' // 1.0.0 pushed, the migrations of 1.1.0 written
  | 'two lines' // 1.1.0 and the hotfix 1.0.1 pushed, the migration of 1.2.0 written
  | 'released' // 1.2.0 pushed
  | 'restored' // an empty storage beside exported files

export type DatabaseState =
  | 'empty'
  | 'adopted' // what 1.0.0 makes, and no ledger
  | 'at 1.0.0'
  | 'at 1.2.0'
  | 'interrupted' // 1.1.0 begun, and killed inside a procedure

/** What every example is run in a copy of. */
export interface Scene {
  /** Runs a line of a shell in copies of a folder and a database, which are gone after it. */
  readonly play: (line: string, folder: FolderState, database?: DatabaseState) => Promise<Outcome>
  readonly strike: () => Promise<void>
}

/** Builds and applies all states, once, in a folder of its own. */
export async function setScene(root: string): Promise<Scene> {
  const databases = `examples_${randomBytes(4).toString('hex')}_`
  const folders = await prepareFolders(root)
  const templates = await prepareDatabases(folders('released'), databases)
  const home = await prepareHome(root)
  const bucket = await newBucket()
  let copies = 0

  return {
    play: async (line, folder, database) => {
      const copy = join(root, `copy-${++copies}`)
      const name = `${databases}copy`
      await cp(folders(folder), copy, {recursive: true})
      // whoever names another registry has one already, and keeps its repository
      if (line.includes('--registry')) {
        const hosted = {repository: `myorg/migrations-${copies}`}
        await writeFile(join(copy, 'squizzle.config.js'), configFile(hosted))
      }
      if (database !== undefined) await copyDatabase(templates[database], name)
      try {
        const words = line
          .replace('backup.registry.io', service('registry').address)
          .replace('s3://bucket/prefix?region=eu-central-1', s3Url(bucket))
        return await run('bash', ['-o', 'pipefail', '-c', words], {
          cwd: copy,
          env: {
            ...plainEnv({...home, ...environmentOf(service('s3').user)}),
            ...(database === undefined ? {} : connection(name)),
          },
        })
      } finally {
        await rm(copy, {recursive: true})
        if (database !== undefined) await administer(`DROP DATABASE ${name} WITH (FORCE)`)
      }
    },
    strike: async () => {
      for (const name of Object.values(templates)) {
        await administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      }
    },
  }
}

async function prepareFolders(root: string): Promise<(state: FolderState) => string> {
  const pathOf = (state: FolderState) => join(root, state)
  const draft = join(root, 'draft')
  const write = async (...names: readonly (keyof typeof migrations)[]) => {
    for (const name of names) await writeFile(join(draft, 'db/migrations', name), migrations[name])
  }
  const ok = async (...args: readonly string[]) => succeed(draft, args)
  const keep = async (state: FolderState) => cp(draft, pathOf(state), {recursive: true})

  await mkdir(draft)
  await keep('new')
  await mkdir(join(draft, 'db/migrations'), {recursive: true})
  await writeFile(join(draft, 'squizzle.config.js'), configFile())
  await write(
    '0001_create_users.sql',
    '0001_create_users.rollback.sql',
    '0001_create_users.verify.sql',
  )
  await write('0002_add_procedure.sql', '0002_add_procedure.rollback.sql')
  await keep('written')
  await ok('build', '1.0.0')
  await keep('built')
  await ok('push', '1.0.0', '--tag', 'production')
  const hotfix = join(draft, 'db/migrations/0003_fix.sql')
  await write('0003_fix.sql', '0003_fix.rollback.sql')
  await ok('build', '1.0.1')
  await rm(hotfix)
  await rm(hotfix.replace('.sql', '.rollback.sql'))
  await write('0004_backfill.sql', '0004_backfill.rollback.sql')
  await keep('begun')
  await ok('build', '1.1.0', '--base', '1.0.0')
  await ok('push', '1.1.0', '--tag', 'staging')
  await ok('push', '1.0.1')
  await write('0003_fix.sql', '0003_fix.rollback.sql')
  await write('0005_add_names.sql', '0005_add_names.rollback.sql')
  await keep('two lines')
  await ok('build', '1.2.0', '--merge', '1.0.1')
  await ok('push', '1.2.0')
  await keep('released')
  await ok('export', '--all', '--output', 'backups')
  await rm(join(draft, '.squizzle'), {recursive: true})
  await rm(join(draft, 'db/artifacts'), {recursive: true})
  await keep('restored')
  return pathOf
}

async function prepareDatabases(
  folder: string,
  prefix: string,
): Promise<Readonly<Record<DatabaseState, string>>> {
  const names = {
    empty: `${prefix}empty`,
    adopted: `${prefix}adopted`,
    'at 1.0.0': `${prefix}first`,
    'at 1.2.0': `${prefix}newest`,
    interrupted: `${prefix}interrupted`,
  }
  await administer(`CREATE DATABASE ${names.empty}`)
  await copyDatabase(names.empty, names['at 1.0.0'])
  await succeed(folder, ['apply', '1.0.0'], connection(names['at 1.0.0']))
  await copyDatabase(names['at 1.0.0'], names.adopted)
  await withClient(urlOf(names.adopted), (client) => client.query('DROP SCHEMA squizzle CASCADE'))
  await copyDatabase(names['at 1.0.0'], names['at 1.2.0'])
  await succeed(folder, ['apply', '1.2.0'], connection(names['at 1.2.0']))
  await copyDatabase(names['at 1.0.0'], names.interrupted)
  await interrupt(folder, names.interrupted)
  return names
}

/** Kills the program, then its session, while the procedure of 1.1.0 waits for a lock. */
async function interrupt(folder: string, database: string): Promise<void> {
  await withClient(urlOf(database), async (client) => {
    await client.query(`SELECT pg_advisory_lock(${backfillLock})`)
    const apply = goLive(['apply', '1.1.0'], {script: bin, cwd: folder, env: connection(database)})
    const waiting = `SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = 'advisory' AND query LIKE '%CALL%'`
    let pid: number | undefined
    while (pid === undefined) pid = (await client.query(waiting)).rows[0]?.pid
    apply.kill('SIGKILL')
    await apply.ended
    await client.query('SELECT pg_terminate_backend($1, 60000)', [pid])
  })
}

/** A home whose PATH has the built program and psql. */
async function prepareHome(root: string): Promise<Record<string, string>> {
  const programs = join(root, 'bin')
  const home = join(root, 'home')
  await mkdir(programs)
  await mkdir(join(home, '.local/share/bash-completion/completions'), {recursive: true})
  const shim = join(programs, 'squizzle')
  await writeFile(shim, `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`)
  await chmod(shim, 0o755)
  for (const name of ['psql', 'oras'] as const) await symlink(tool(name), join(programs, name))
  return {HOME: home, PATH: `${programs}:${process.env['PATH']}`}
}

async function succeed(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const {exitCode, stdout, stderr} = await squizzle(args, {script: bin, cwd, env})
  if (exitCode !== 0) throw new Error(`squizzle ${args.join(' ')}: ${exitCode}\n${stdout}${stderr}`)
}

function urlOf(database: string): string {
  return Object.assign(new URL(service('postgres15').url), {pathname: database}).href
}

/** For squizzle, and for a psql without arguments. */
function connection(database: string): Record<string, string> {
  const {hostname, port, username} = new URL(urlOf(database))
  const psql = {PGHOST: hostname, PGPORT: port, PGUSER: username, PGDATABASE: database}
  return {DATABASE_URL: urlOf(database), ...psql}
}

function s3Url(bucket: string): string {
  return `s3://${bucket}/prefix?region=us-east-1&endpoint=${service('s3').url}`
}

async function copyDatabase(from: string, to: string): Promise<void> {
  await administer(`CREATE DATABASE ${to} TEMPLATE ${from}`)
}

async function administer(sql: string): Promise<void> {
  await withClient(service('postgres15').url, (admin) => admin.query(sql))
}
