import {readdir, stat} from 'node:fs/promises'
import {basename, dirname, extname, join, resolve} from 'node:path'
import {SquizzleError} from '../../errors.ts'
import type {Given} from '../inputs.ts'
import {inSentence} from '../plain-text.ts'
import {invalidInput, oneOf} from '../problems/problems.ts'

const extensions = ['.js', '.cjs', '.mjs', '.ts', '.json', '.yaml']

/** Where people expect a configuration to be read from too: passing over it in silence would use the defaults. */
const unreadExtensions = ['.yml', '.mts', '.cts', '.jsonc', '.json5', '.toml']

const stem = 'squizzle.config'

export interface LocatedConfig {
  /** Absolute. */
  readonly path: string
  /** `--config`, `SQUIZZLE_CONFIG`, or `found`. */
  readonly origin: string
}

/**
 * The file that a person named, else `squizzle.config.*` in the folder or the nearest parent up to the
 * repository's root. Never further: the file may be code, and folders above are not the project's.
 * @throws CONFIG_INVALID, USAGE where the named file is missing, or a folder has two
 */
export async function locateConfig(cwd: string, named?: Given): Promise<LocatedConfig | undefined> {
  if (named) return {path: await checkNamed(cwd, named), origin: named.origin}
  for (const folder of await foldersToSearch(resolve(cwd))) {
    const path = await configIn(folder)
    if (path !== undefined) return {path, origin: 'found'}
  }
  return undefined
}

async function checkNamed(cwd: string, {text, origin}: Given): Promise<string> {
  const file = resolve(cwd, text)
  const shown = inSentence(text, 200)
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile()) {
    const what = found ? 'is not a file' : 'does not exist'
    throw invalidInput(origin, `the configuration file ${shown} ${what}`, `Check ${origin}.`)
  }
  if (!extensions.includes(extname(file))) {
    const hint = `A configuration file ends in ${oneOf(extensions)}.`
    throw invalidInput(origin, `${shown} is not a configuration file`, hint)
  }
  return file
}

/** The folder and its parents up to the repository's root; without a repository, the folder alone. */
async function foldersToSearch(cwd: string): Promise<string[]> {
  const folders: string[] = []
  for (let folder = cwd; ; folder = dirname(folder)) {
    folders.push(folder)
    // A folder in a clone; a file in a worktree and in a submodule.
    if (await exists(join(folder, '.git'))) return folders
    if (dirname(folder) === folder) return [cwd]
  }
}

async function exists(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined
}

async function configIn(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => [])
  const candidates = names.filter((name) => basename(name, extname(name)) === stem)
  const files: string[] = []
  for (const name of candidates.filter((candidate) => extensions.includes(extname(candidate)))) {
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found?.isFile()) files.push(name)
  }
  const [file, second] = files.toSorted()
  if (file !== undefined && second !== undefined) throw twoFiles(folder, file, second)
  if (file !== undefined) return join(folder, file)
  const unread = candidates.find((candidate) => unreadExtensions.includes(extname(candidate)))
  if (unread !== undefined) throw unreadFile(folder, unread)
  return undefined
}

function twoFiles(folder: string, one: string, other: string): SquizzleError {
  return new SquizzleError(
    'CONFIG_INVALID',
    `two configuration files in ${folder}: ${one} and ${other}`,
    {hint: 'Remove one of them, or name one with --config.', details: {files: [one, other]}},
  )
}

function unreadFile(folder: string, name: string): SquizzleError {
  return new SquizzleError('CONFIG_INVALID', `${join(folder, name)} would not be read`, {
    hint: `Rename it: a configuration file ends in ${oneOf(extensions)}.`,
  })
}
