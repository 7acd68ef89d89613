import {withClient, withTestDatabase} from './database.ts'
import type {PostgresServer} from './database.ts'
import type {Query} from './catalogue.ts'

/** One connection to an empty database, on a server or embedded. */
export interface Session {
  /** Sends a script of any number of statements, in one piece. */
  readonly run: (sql: string) => Promise<void>
  readonly query: Query
}

/** Runs the work with a session in an empty database that is gone afterwards. */
export async function withSession<T>(
  engine: PostgresServer | 'pglite',
  work: (session: Session) => Promise<T>,
): Promise<T> {
  if (engine === 'pglite') return withEmbedded(work)
  return withTestDatabase(engine, (url) =>
    withClient(url, (client) =>
      work({
        run: async (sql) => void (await client.query(sql)),
        query: async (sql) => (await client.query(sql)).rows,
      }),
    ),
  )
}

async function withEmbedded<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const {PGlite} = await import('@electric-sql/pglite')
  const database = await PGlite.create()
  try {
    return await work({
      run: async (sql) => void (await database.exec(sql)),
      query: async (sql) => (await database.query(sql)).rows,
    })
  } finally {
    await database.close()
  }
}
