import {readFileSync} from 'node:fs'
import {join} from 'node:path'

const records = join(import.meta.dirname, '../../.services/parts')

const partNames = [
  'postgres15',
  'postgres17',
  'postgres18',
  'pgbouncer',
  'psql',
  'pg_dump',
  'docker-registry',
  'write-once-registry',
  'openssl',
  'oras',
  'crane',
  'skopeo',
  'ceph',
  'sshd',
  'node22',
  'node26',
  'zsh',
  'fish',
  'containers',
  'credential-helpers',
  'actionlint',
  'helm',
  'kubernetes-validate',
] as const

/** A program, or a folder of programs, that `scripts/services install` puts on this machine. */
export type PartName = (typeof partNames)[number]

/** Where a part is, or why this machine lacks it. */
export type Part = {readonly path: string} | {readonly missing: string}

/** Reads what `scripts/services install` has recorded for this checkout. */
export function findPart(name: PartName): Part {
  const record = readRecord(name)
  if (record === undefined) {
    return {missing: `not installed yet: run scripts/services install ${name}`}
  }
  const missing = /^missing: (.*)$/.exec(record)?.[1]
  return missing === undefined ? {path: record} : {missing}
}

/** The path of a part that is known to be there. */
export function partPath(name: PartName): string {
  const part = findPart(name)
  if ('missing' in part) throw new Error(`${name} is missing: ${part.missing}`)
  return part.path
}

function readRecord(name: PartName): string | undefined {
  try {
    return readFileSync(join(records, name), 'utf8').trimEnd()
  } catch {
    return undefined
  }
}
