import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {squizzle} from './commands.ts'
import {migrationName, migrationSql} from './migrations.ts'

/** Makes a project with a configuration and an empty migrations folder. */
export async function makeProject(folder: string, storage: object): Promise<void> {
  await mkdir(join(folder, 'db/migrations'), {recursive: true})
  await writeFile(
    join(folder, 'squizzle.config.json'),
    JSON.stringify({project: 'bench', storage, database: {url: 'pglite:.squizzle/database'}}),
  )
}

/** Writes migrations from one number to another, both included. @returns their SQL, in order */
export async function writeMigrations(folder: string, from: number, to: number): Promise<string> {
  const all: string[] = []
  for (let number = from; number <= to; number += 1) {
    all.push(migrationSql(number))
    await writeFile(join(folder, 'db/migrations', migrationName(number)), migrationSql(number))
  }
  return all.join('')
}

/** A project with one release of so many migrations in a local storage. @returns the SQL of all of them */
export async function makeRelease(folder: string, migrations: number): Promise<string> {
  await makeProject(folder, {type: 'local', config: {path: './db/artifacts'}})
  const sql = await writeMigrations(folder, 1, migrations)
  await squizzle(folder, ['build', '1.0.0'])
  await squizzle(folder, ['push', '1.0.0'])
  return sql
}
