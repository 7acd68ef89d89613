import type {LockHolder} from '../files/lock.ts'
import type {Session} from './session.ts'
import {describeDatabase, parseDatabaseUrl} from './url.ts'

export interface OpenOptions {
  /** A folder for what makes new embedded databases quick to open. */
  readonly cacheDir?: string | undefined
  /** Seconds to wait for another process that has the embedded database open. Default: 60. */
  readonly wait?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Called once where another process has the embedded database open. */
  readonly onWait?: ((holder: LockHolder) => void) | undefined
}

/**
 * Opens a database: `postgres://...`, `pglite:<folder>` or `pglite:memory`.
 * @throws CONFIG_INVALID for a URL that can't be used, UNREACHABLE, TLS, AUTHENTICATION_REQUIRED, PERMISSION_DENIED;
 *   LOCK_TIMEOUT where another process keeps an embedded database
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Session> {
  const parsed = parseDatabaseUrl(url)
  if (parsed.engine === 'pglite') {
    const {openPglite} = await import('./pglite/open.ts')
    return openPglite(parsed, describeDatabase(parsed), {...options, wait: options.wait ?? 60})
  }
  const {connectPostgres} = await import('./postgres/connect.ts')
  return connectPostgres(parsed)
}

/** Runs the work with an open database and closes it after, come what may. */
export async function withDatabase<T>(
  url: string,
  options: OpenOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openDatabase(url, options)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}
