import {existsSync} from 'node:fs'
import {readdir} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import type {PGlite} from '@electric-sql/pglite'
import {hasErrno, SquizzleError} from '../../errors.ts'
import {acquireLockFile} from '../../files/lock.ts'
import type {LockHolder} from '../../files/lock.ts'
import {ClientSession} from '../client/client-session.ts'
import type {WireClient} from '../client/wire.ts'
import {inspectServer} from '../server.ts'
import type {Session} from '../session.ts'
import type {PgliteUrl} from '../url.ts'
import {createFromPrepared, preparedTar} from './prepared.ts'
import {PgliteStream} from './stream.ts'

export interface PgliteOptions {
  /** Where prepared empty databases are kept; without it each new database takes seconds. */
  readonly cacheDir?: string | undefined
  /** Seconds to wait for another process that has the folder open. */
  readonly wait: number
  readonly signal?: AbortSignal | undefined
  readonly onWait?: ((holder: LockHolder) => void) | undefined
}

/**
 * Opens the embedded database, making it where there is none. Two processes on one folder would lose
 * rows without an error: a lock file beside it admits one at a time.
 * @throws as `openDatabase` says; LOCK_TIMEOUT
 */
export async function openPglite(
  url: PgliteUrl,
  name: string,
  options: PgliteOptions,
): Promise<Session> {
  const unlock = await lockFolder(url.folder, options)
  try {
    const database = await openFolder(url.folder, name, options.cacheDir)
    return await connect(database, {
      name,
      reopen: () => openPglite(url, name, options),
      close: async () => {
        try {
          await database.close()
        } finally {
          await unlock()
        }
      },
    })
  } catch (error) {
    await unlock()
    throw error
  }
}

async function lockFolder(
  folder: string | undefined,
  {wait, signal, onWait}: PgliteOptions,
): Promise<() => Promise<void>> {
  if (folder === undefined) return () => Promise.resolve()
  return acquireLockFile(`${resolve(folder)}.lock`, {
    wait: wait * 1000,
    signal,
    ...(onWait === undefined ? {} : {onWait}),
  })
}

async function openFolder(
  folder: string | undefined,
  name: string,
  cacheDir: string | undefined,
): Promise<PGlite> {
  const {PGlite} = await import('@electric-sql/pglite')
  if (folder === undefined) {
    if (cacheDir === undefined) return PGlite.create('memory://')
    return PGlite.create('memory://', {loadDataDir: await preparedTar(cacheDir)})
  }
  const path = resolve(folder)
  if ((await isVacant(path)) && cacheDir !== undefined) await createFromPrepared(path, cacheDir)
  return PGlite.create(path).catch((cause: unknown) => {
    throw new SquizzleError('UNREACHABLE', `the embedded database cannot be opened at ${name}`, {
      hint: 'It may have been made by another version of PGlite, or be damaged: remove the folder to start afresh.',
      details: {folder: path},
      cause,
    })
  })
}

/** @throws CONFIG_INVALID for a folder that holds something else */
async function isVacant(path: string): Promise<boolean> {
  if (existsSync(join(path, 'PG_VERSION'))) return false
  const entries = await readdir(path).catch((error: unknown) => {
    if (hasErrno(error, 'ENOENT')) return []
    throw notOurs(path, error)
  })
  if (entries.length > 0) throw notOurs(path)
  return true
}

function notOurs(path: string, cause?: unknown): SquizzleError {
  return new SquizzleError('CONFIG_INVALID', `${path} is not the folder of an embedded database`, {
    hint: 'Name a folder of its own in pglite:<folder>.',
    details: {folder: path},
    cause,
  })
}

async function connect(
  database: PGlite,
  {name, reopen, close}: Pick<Session, 'name' | 'reopen' | 'close'>,
): Promise<Session> {
  const {Client} = await import('pg')
  const client = new Client({
    stream: () => new PgliteStream(database),
    user: 'postgres',
    database: 'postgres',
    ssl: false,
  }) as WireClient
  const session = new ClientSession(client, {
    engine: 'pglite',
    name,
    // it runs in this thread: while a statement runs, nothing can ask for its end
    cancel: () => Promise.resolve(),
    reopen,
    close,
  })
  try {
    await client.connect()
    session.know(await inspectServer(session))
    return session
  } catch (error) {
    await database.close()
    throw error
  }
}
