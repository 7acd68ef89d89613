import {mkdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {hasErrno, SquizzleError} from '../errors.ts'
import {writeFileWhole} from '../files/write.ts'
import {detectFormat} from '../source/read.ts'

export interface InitResult {
  readonly root: string
  /** The migrations folder, relative to the root. */
  readonly migrations: string
  /** The format of migrations that were there already. */
  readonly format?: string
  /** What was written, relative to the root. */
  readonly written: readonly string[]
}

/** Where teams keep migrations, the likeliest first. */
const usualFolders = [
  'db/migrations',
  'migrations',
  'db/migrate',
  'database/migrations',
  'sql/migrations',
  'src/migrations',
]
const configFile = 'squizzle.config.js'

/** Makes a folder a project: configuration, migrations folder, what git should ignore. @throws USAGE, NOT_WRITABLE */
export async function init(root: string): Promise<InitResult> {
  const found = await existingMigrations(root)
  const migrations = found?.folder ?? 'db/migrations'
  const written: string[] = []
  const isModule = await usesModules(root)
  const config = configText(`./${migrations}`, isModule)
  if (!(await writeFileWhole(join(root, configFile), config, {ifAbsent: true}))) {
    throw new SquizzleError('USAGE', `${configFile} is there already`, {
      hint: 'Edit it; `squizzle config validate` checks it.',
    })
  }
  written.push(configFile)
  if (!found) {
    await mkdir(join(root, migrations), {recursive: true})
    await writeFileWhole(join(root, migrations, '.gitkeep'), '', {ifAbsent: true})
    written.push(`${migrations}/`)
  }
  if (await ignore(root, '.squizzle/')) written.push('.gitignore')
  return {root, migrations, ...(found && {format: found.format}), written}
}

async function existingMigrations(root: string) {
  for (const folder of usualFolders) {
    const format = await detectFormat(join(root, folder)).catch(() => undefined)
    if (format !== undefined) return {folder, format}
  }
  return undefined
}

/** Whether Node reads `.js` files here as ES modules. */
async function usesModules(root: string): Promise<boolean> {
  const text = await readIfThere(join(root, 'package.json'))
  if (text === undefined) return false
  try {
    const {type}: {type?: unknown} = JSON.parse(text)
    return type === 'module'
  } catch {
    return false
  }
}

function configText(migrations: string, isModule: boolean): string {
  return `// What each key means: squizzle config show
${isModule ? 'export default' : 'module.exports ='} {
  migrations: '${migrations}',
  storage: {type: 'local', config: {path: './db/artifacts'}},
  database: {url: process.env.DATABASE_URL ?? 'pglite:.squizzle/database'},
  environments: {
    // squizzle apply --env production
    production: {
      // The tag that production follows: squizzle tag 1.0.0 production
      target: 'production',
      // A deployment must name its database: no embedded one here.
      database: {url: process.env.DATABASE_URL},
      // storage: {type: 'oci', config: {registry: 'ghcr.io', repository: 'myorg/migrations'}},
    },
  },
}
`
}

/** Adds a line to `.gitignore`: the cache, and with it the embedded database, is nobody else's business. */
async function ignore(root: string, line: string): Promise<boolean> {
  const path = join(root, '.gitignore')
  const text = (await readIfThere(path)) ?? ''
  if (text.split('\n').some((one) => one.trim() === line)) return false
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`
  return writeFileWhole(path, `${before}${line}\n`)
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
