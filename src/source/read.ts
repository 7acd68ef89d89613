import {readdir, readFile} from 'node:fs/promises'
import {join, sep} from 'node:path'
import {hasErrno, SquizzleError} from '../errors.ts'
import type {SourceFormat} from './format.ts'
import type {Source, SourceScript} from './migration.ts'
import {refuseTwins} from './names.ts'
import {plain} from './plain.ts'
import {normaliseText} from './text.ts'

/** Every format that can be read; the first that recognises a folder reads it. */
export const sourceFormats: readonly SourceFormat[] = [plain]

export interface SourceInput {
  /** Absolute path of the migrations folder. */
  readonly path: string
  /** Name of the format; detected where absent. */
  readonly format?: string | undefined
}

/** Reads a project's migrations as they are. @throws SOURCE_INVALID, CONFIG_INVALID */
export async function readSource({path, format}: SourceInput): Promise<Source> {
  const files = await listFiles(path)
  const reader = format === undefined ? detect(files, path) : byName(format)
  const script = (file: string) => readScript(path, file)
  const migrations = await reader.read({files, script})
  refuseTwins(migrations)
  return {format: reader.name, migrations}
}

/** @throws SOURCE_INVALID where it is no file that can be read */
async function readScript(path: string, file: string): Promise<SourceScript> {
  const bytes = await readFile(join(path, file)).catch((error: unknown) => {
    throw new SquizzleError('SOURCE_INVALID', `${file} cannot be read as a file`, {
      hint: 'Put an SQL file there that you may read, or move it away.',
      details: {file},
      cause: error,
    })
  })
  return {file, firstLine: 1, ...normaliseText(bytes, file)}
}

/** The format that a folder seems to be written in; undefined where none recognises it. */
export async function detectFormat(path: string): Promise<string | undefined> {
  const files = await listFiles(path)
  return sourceFormats.find((candidate) => candidate.detect(files))?.name
}

/** Names of the files that lie in a migrations folder itself. */
export async function readNames(path: string): Promise<string[]> {
  return (await listFiles(path)).filter((file) => !file.includes('/'))
}

async function listFiles(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, {recursive: true, withFileTypes: true})
    return (
      entries
        // what only looks like a file is listed too: reading it says so, passing over it would not
        .filter((entry) => !entry.isDirectory() || /\.sql$/i.test(entry.name))
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(path.length + 1)
            .replaceAll(sep, '/'),
        )
        .filter((file) => !file.split('/').some((part) => part.startsWith('.')))
        .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    )
  } catch (error) {
    if (!hasErrno(error, 'ENOENT', 'ENOTDIR')) throw error
    throw new SquizzleError('CONFIG_INVALID', `there is no migrations folder ${path}`, {
      hint: 'Set `migrations` in the configuration, or run `squizzle init`.',
      cause: error,
    })
  }
}

function detect(files: readonly string[], path: string): SourceFormat {
  const sql = files.filter((file) => file.toLowerCase().endsWith('.sql'))
  // An empty folder is a project that has just begun.
  if (sql.length === 0) return plain
  const reader = sourceFormats.find((candidate) => candidate.detect(sql))
  if (reader) return reader
  throw new SquizzleError(
    'SOURCE_INVALID',
    `${path} holds SQL files, but none that looks like a migration`,
    {
      hint: `Name them like 0001_name.sql; ${sql[0]} is not.`,
      details: {formats: sourceFormats.map(({name}) => name)},
    },
  )
}

function byName(format: string): SourceFormat {
  const reader = sourceFormats.find(({name}) => name === format)
  if (reader) return reader
  throw new SquizzleError('CONFIG_INVALID', `migrations.format is ${JSON.stringify(format)}`, {
    hint: `Known formats: ${sourceFormats.map(({name}) => name).join(', ')}.`,
  })
}
