import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import {tool} from './services.ts'

const run = promisify(execFile)
const maxBuffer = 64 * 1024 * 1024

export interface PsqlOptions {
  /** The whole file as one transaction; true unless said otherwise. */
  readonly transaction?: boolean
  readonly readOnly?: boolean
}

/** Runs a file by psql, stopping at its first error, which rejects with what psql printed. */
export async function psqlFile(
  url: string,
  file: string,
  options: PsqlOptions = {},
): Promise<void> {
  const args = ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--file', file, '--dbname', url]
  if (options.transaction ?? true) args.push('--single-transaction')
  const settings = ['client_min_messages=warning']
  if (options.readOnly) settings.push('default_transaction_read_only=on')
  const PGOPTIONS = settings.map((setting) => `-c ${setting}`).join(' ')
  await run(tool('psql'), args, {maxBuffer, env: {...process.env, PGOPTIONS}})
}

/** A database's schema as pg_dump writes it, the same bytes each time. For PostgreSQL 15 and older. */
export async function dumpSchema(url: string, ...args: readonly string[]): Promise<string> {
  const fixed = ['--schema-only', '--restrict-key=squizzle', '--dbname', url]
  const {stdout} = await run(tool('pg_dump'), [...fixed, ...args], {maxBuffer})
  return stdout
}
