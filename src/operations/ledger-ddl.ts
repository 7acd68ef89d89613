import type {DatabaseSettings} from '../config/settings.ts'
import {ledgerDdl, ledgerGrants} from '../database/ledger/ddl.ts'
import {parseDatabaseUrl} from '../database/url.ts'

/** The statements with which a person makes a ledger for a role that may not make schemas. */
export interface LedgerScript {
  readonly ddl: readonly string[]
  /** What the role of the database URL needs; empty where the URL names none. */
  readonly grants: readonly string[]
}

/** Asks no database. @throws CONFIG_INVALID */
export function ledgerScript({
  schema,
  url,
}: Partial<Pick<DatabaseSettings, 'schema' | 'url'>>): LedgerScript {
  const name = schema ?? 'squizzle'
  const parsed = url === undefined ? undefined : parseDatabaseUrl(url)
  const role = parsed?.engine === 'postgresql' ? parsed.user : undefined
  return {ddl: ledgerDdl(name), grants: role === undefined ? [] : ledgerGrants(name, role)}
}
