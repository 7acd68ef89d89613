import {isUtf8} from 'node:buffer'
import {sha256} from '../../artifact/digest.ts'
import {migrationLabel} from '../../artifact/release.ts'
import type {Batch, BatchedScript, ScriptRole} from '../../artifact/release.ts'
import type {Version} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import type {PlannedMigration} from '../plan/segments.ts'
import type {ScriptBytes} from './options.ts'

/** A script ready to be sent. */
export interface LoadedScript {
  /** Whose file it is. */
  readonly release: Version
  readonly planned: PlannedMigration
  readonly role: ScriptRole
  readonly script: BatchedScript
  readonly bytes: Uint8Array
  /** Whole statements each; one for a script that fits one message. */
  readonly batches: readonly ScriptBatch[]
}

export interface ScriptBatch {
  /** Where it starts in the script, in bytes. */
  readonly at: number
  /** Where its SQL ends. */
  readonly end: number
  /** Its SQL, made anew each time: a script may have 100 MB, and is in memory once. */
  readonly text: string
  /** The rows of a COPY ... FROM stdin, which then is all of its SQL. */
  readonly rows?: CopyRows
}

/** Where rows stand in a script, in bytes. */
export interface CopyRows {
  readonly start: number
  readonly end: number
}

/** Bytes up to which whole batches, or whole scripts, share a message. */
export const messageSize = 1_000_000

/** @throws INTEGRITY for bytes that are not what the artifact says */
export async function loadScript(
  planned: PlannedMigration,
  read: ScriptBytes,
): Promise<LoadedScript> {
  const {release, migration, role, script} = planned.source
  const bytes = await read(release, migration, role)
  const label = migrationLabel(release, script.path)
  if (bytes.byteLength !== script.size || sha256(bytes) !== script.digest) {
    throw new SquizzleError('INTEGRITY', `${label} is not what the artifact says it is`, {
      hint: 'Pull the artifact again.',
      details: {file: label, expected: script.digest, found: sha256(bytes)},
    })
  }
  if (!isUtf8(bytes) || bytes.includes(0)) throw notText(label)
  const borders = bordersOf(script, label)
  const cuts = script.transaction ? grouped(borders, bytes.byteLength) : borders
  const batches = cuts.map((batch, index) => batchOf(bytes, batch, cuts[index + 1]))
  return {release, planned, role, script, bytes, batches}
}

/** @throws INTEGRITY for borders that do not follow each other within the script */
function bordersOf({batches = [0], size}: BatchedScript, label: string): readonly Batch[] {
  const offsets = batches.flatMap((batch) =>
    typeof batch === 'number' ? [batch] : [batch.at, batch.data, batch.end],
  )
  const ordered = offsets.every((offset, index) => offset >= (offsets[index - 1] ?? 0))
  if (ordered && offsets[0] === 0 && (offsets.at(-1) ?? 0) <= size) return batches
  throw new SquizzleError('INTEGRITY', `${label} is cut where it cannot be`, {
    hint: 'The artifact was not built by squizzle, or it is damaged.',
    details: {file: label},
  })
}

function startOf(batch: Batch): number {
  return typeof batch === 'number' ? batch : batch.at
}

function batchOf(bytes: Uint8Array, batch: Batch, next: Batch | undefined): ScriptBatch {
  const at = startOf(batch)
  const rows = typeof batch === 'number' ? undefined : {start: batch.data, end: batch.end}
  const end = rows?.start ?? (next === undefined ? bytes.byteLength : startOf(next))
  return {
    at,
    end,
    get text() {
      return decoder.decode(bytes.subarray(at, end))
    },
    ...(rows && {rows}),
  }
}

const decoder = new TextDecoder('utf-8', {ignoreBOM: true})

/** Joins neighbouring batches up to the size of a message; a COPY with its rows stays alone. */
function grouped(borders: readonly Batch[], size: number): readonly Batch[] {
  const cuts: Batch[] = []
  for (const [index, border] of borders.entries()) {
    const last = cuts.at(-1)
    const next = borders[index + 1]
    const end = next === undefined ? size : startOf(next)
    const joins =
      typeof border === 'number' && typeof last === 'number' && end - last <= messageSize
    if (!joins) cuts.push(border)
  }
  return cuts
}

function notText(label: string): SquizzleError {
  return new SquizzleError('INTEGRITY', `${label} is not UTF-8 text`, {
    hint: 'The artifact was not built by squizzle, or it is damaged.',
    details: {file: label},
  })
}
