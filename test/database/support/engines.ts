import {randomBytes} from 'node:crypto'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {PGlite} from '@electric-sql/pglite'
import {withClient, withTestDatabase} from '../../support/database.ts'
import {describeWith, postgresServers} from '../../support/services.ts'

/** Prepared empty databases, kept between runs: making one takes seconds. */
export const pgliteCache = join(import.meta.dirname, '../../../node_modules/.cache/squizzle-test')

/** A database of a test's own. */
export interface TestDatabase {
  readonly engine: Engine
  readonly url: string
  /** Asks it past all that is tested. */
  readonly ask: (sql: string) => Promise<Record<string, unknown>[]>
}

export const engines = [...postgresServers, 'pglite'] as const
export type Engine = (typeof engines)[number]
export type PostgresEngine = (typeof postgresServers)[number]

/** A suite for each engine. */
export function describeEngines(title: string, tests: (engine: Engine) => void): void {
  describePostgres(title, tests)
  describe(`${title} (pglite)`, () => tests('pglite'))
}

/** A suite for each PostgreSQL server. */
export function describePostgres(title: string, tests: (engine: PostgresEngine) => void): void {
  for (const server of postgresServers) {
    describeWith([server], `${title} (${server})`, () => tests(server))
  }
}

/** All cases for a server; a few for the embedded database, which takes seconds for each and runs the same code. */
export function casesFor<T>(engine: Engine, cases: readonly T[]): readonly T[] {
  if (engine !== 'pglite') return cases
  return cases.filter((_, index) => index % 4 === 0)
}

/** Runs the work with a new, empty database. */
export function withEngine<T>(
  engine: Engine,
  work: (database: TestDatabase) => Promise<T>,
): Promise<T> {
  if (engine === 'pglite') return withPglite(work)
  return withTestDatabase(engine, (url) =>
    work({
      engine,
      url,
      ask: (sql) => withClient(url, async (client) => rowsOf(await client.query(sql))),
    }),
  )
}

/** Runs the work with a role of its own, which owns nothing, and the URL with which it logs in. */
export async function withRole<T>(
  url: string,
  work: (role: string, url: string) => Promise<T>,
): Promise<T> {
  const role = `role_${randomBytes(6).toString('hex')}`
  const own = new URL(url)
  own.username = role
  own.password = 'secret'
  await withClient(url, (admin) => admin.query(`create role ${role} login password 'secret'`))
  try {
    return await work(role, own.href)
  } finally {
    await withClient(url, (admin) =>
      admin.query(
        `reassign owned by ${role} to postgres; drop owned by ${role}; drop role ${role}`,
      ),
    )
  }
}

async function withPglite<T>(work: (database: TestDatabase) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'squizzle-pglite-'))
  const path = join(folder, 'database')
  const ask = async (sql: string) => {
    const database = await PGlite.create(path)
    try {
      const results = await database.exec(sql)
      return (results.at(-1)?.rows ?? []) as Record<string, unknown>[]
    } finally {
      await database.close()
    }
  }
  try {
    return await work({engine: 'pglite', url: `pglite:${path}`, ask})
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

function rowsOf(result: unknown): Record<string, unknown>[] {
  const last = (Array.isArray(result) ? result.at(-1) : result) as {rows: Record<string, unknown>[]}
  return last.rows
}
