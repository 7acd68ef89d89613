import {SquizzleError} from '../errors.ts'
import type {SourceFolder, SourceFormat} from './format.ts'
import type {SourceMigration, SourceScript} from './migration.ts'
import {packedName} from './names.ts'

/** `0001_name.sql`, `20240115103000-name.sql`, `R__name.sql`, each with `.rollback.sql` and `.verify.sql` beside it. */
const pattern = /^(?:(?<order>\d+)[_-]|R__)[^.].*?(?:\.(?<role>rollback|verify))?\.sql$/u
/** Endings by which other tools tell directions: here they would become forward scripts. */
const foreign = /\.(?:up|down|undo|do)\.sql$/iu
/** Our own endings: they count in lower case only, and written otherwise they are refused. */
const ending = /\.(?:rollback|verify)\.sql$/iu

/** squizzle's own format: numbered or timestamped files, each with its rollback and verify files beside it. */
export const plain: SourceFormat = {
  name: 'plain',
  detect: (files) => files.some((file) => pattern.test(file) && !foreign.test(file)),
  read: readPlain,
}

interface Found {
  readonly base: string
  readonly order: bigint | undefined
  forward?: string
  rollback?: string
  verify?: string
}

async function readPlain(folder: SourceFolder): Promise<readonly SourceMigration[]> {
  const found = new Map<string, Found>()
  for (const file of folder.files.filter((name) => name.toLowerCase().endsWith('.sql'))) {
    const match = foreign.test(file) ? null : pattern.exec(file)
    if (!match || file.includes('/')) throw unreadable(file)
    const {order, role} = match.groups ?? {}
    if (role === undefined && ending.test(file)) throw unreadable(file)
    const base = file.slice(0, -(role ? `.${role}.sql` : '.sql').length)
    const entry = found.get(base) ?? {base, order: order === undefined ? undefined : BigInt(order)}
    entry[role === 'rollback' || role === 'verify' ? role : 'forward'] = file
    found.set(base, entry)
  }
  return Promise.all([...found.values()].toSorted(inOrder).map((entry) => read(entry, folder)))
}

/** By number, then by name; the repeatable ones last. */
function inOrder(a: Found, b: Found): number {
  if (a.order !== b.order) {
    if (a.order === undefined) return 1
    if (b.order === undefined) return -1
    return a.order < b.order ? -1 : 1
  }
  return Buffer.compare(Buffer.from(a.base), Buffer.from(b.base))
}

async function read(entry: Found, folder: SourceFolder): Promise<SourceMigration> {
  const {base, order, forward, rollback, verify} = entry
  if (forward === undefined) {
    throw new SquizzleError(
      'SOURCE_INVALID',
      `${rollback ?? verify} has no ${base}.sql beside it`,
      {
        hint: `Add ${base}.sql, or remove the file.`,
        details: {file: rollback ?? verify},
      },
    )
  }
  const optional = async (file: string | undefined): Promise<SourceScript | undefined> =>
    file === undefined ? undefined : folder.script(file)
  const rollbackScript = await optional(rollback)
  const verifyScript = await optional(verify)
  return {
    name: packedName(base, forward),
    kind: order === undefined ? 'repeatable' : 'versioned',
    forward: await folder.script(forward),
    ...(rollbackScript && {rollback: rollbackScript}),
    ...(verifyScript && {verify: verifyScript}),
  }
}

function unreadable(file: string): SquizzleError {
  const why = file.includes('/') ? 'it lies in a folder of its own' : 'its name has another form'
  return new SquizzleError(
    'SOURCE_INVALID',
    `${file} is not a migration of the plain format: ${why}`,
    {
      hint: 'Name it like 0004_orders.sql (R__name.sql to run again whenever it changes), or move it away.',
      details: {file},
    },
  )
}
