import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {SquizzleError} from '../errors.ts'
import {writeFileWhole} from '../files/write.ts'
import {readNames} from '../source/read.ts'

export interface NewMigrationResult {
  readonly name: string
  /** Absolute paths. */
  readonly files: readonly string[]
}

/** A number this long is a timestamp: `20240115103000`. */
const timestampDigits = 14

/**
 * Writes an empty migration and its rollback, named after those that are there: the next number, or the time.
 * The files hold a comment only, which a build refuses, so that nobody releases one by mistake.
 * @throws USAGE, NOT_WRITABLE
 */
export async function newMigration(
  folder: string,
  title: string,
  now: Date,
): Promise<NewMigrationResult> {
  const words = title.trim().replaceAll(/\s+/g, '_')
  if (!/^[A-Za-z0-9][A-Za-z0-9._@-]*$/.test(words) || /\.(sql|rollback|verify)$/i.test(words)) {
    throw new SquizzleError('USAGE', `${JSON.stringify(title)} is not a name for a migration`, {
      hint: 'Use letters, digits, dashes and underscores, as in add_orders.',
    })
  }
  await mkdir(folder, {recursive: true})
  const name = `${nextNumber(await readNames(folder), now)}_${words}`
  const files: string[] = []
  for (const [suffix, comment] of [
    ['.sql', `-- ${name}\n`],
    ['.rollback.sql', `-- Undoes ${name}\n`],
  ] as const) {
    const path = join(folder, `${name}${suffix}`)
    if (!(await writeFileWhole(path, comment, {ifAbsent: true}))) {
      throw new SquizzleError('USAGE', `${path} is there already`, {hint: 'Choose another name.'})
    }
    files.push(path)
  }
  return {name, files}
}

function nextNumber(names: readonly string[], now: Date): string {
  const numbers = names.flatMap((name) => /^\d+(?=[_-])/.exec(name) ?? [])
  const longest = numbers.toSorted((a, b) => b.length - a.length)[0] ?? '0000'
  if (longest.length >= timestampDigits) {
    return now.toISOString().replaceAll(/\D/g, '').slice(0, timestampDigits)
  }
  const highest = numbers.map(BigInt).reduce((a, b) => (a > b ? a : b), 0n)
  return String(highest + 1n).padStart(longest.length, '0')
}
