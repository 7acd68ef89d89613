import {SquizzleError} from '../errors.ts'
import type {SourceMigration} from './migration.ts'

/** The longest suffix that a packed file may get. */
const longestSuffix = '.rollback.sql'
/** File names of a layer have at most 100 characters, which a plain tar header can hold. */
const longest = 100 - longestSuffix.length

/** A name as the artifact takes it: characters that some file system or archive can't hold become `_`. */
export function packedName(name: string, file: string): string {
  const packed = name.normalize('NFC').replaceAll(/[^A-Za-z0-9._@-]/gu, '_')
  if (packed.length > longest) {
    throw new SquizzleError('SOURCE_INVALID', `the name of ${file} is too long`, {
      hint: `A migration's name may have ${longest} characters.`,
      details: {file},
    })
  }
  return packed
}

/** @throws SOURCE_INVALID for two names that are one on some file system, naming both files */
export function refuseTwins(migrations: readonly SourceMigration[]): void {
  const seen = new Map<string, SourceMigration>()
  for (const migration of migrations) {
    const key = migration.name.toLowerCase()
    const other = seen.get(key)
    if (other) {
      const [a, b] = [other.forward.file, migration.forward.file]
      throw new SquizzleError(
        'SOURCE_INVALID',
        `${a} and ${b} would have the same name in the artifact`,
        {
          hint: 'Rename one: upper and lower case, and characters that become _, do not tell them apart.',
          details: {files: [a, b]},
        },
      )
    }
    seen.set(key, migration)
  }
}
