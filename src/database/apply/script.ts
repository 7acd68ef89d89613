import {sha256} from '../../artifact/digest.ts'
import {migrationLabel} from '../../artifact/release.ts'
import type {BatchedScript, ScriptRole} from '../../artifact/release.ts'
import type {Version} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import type {PlannedMigration} from '../plan/segments.ts'
import type {ScriptBytes} from './options.ts'

/** A script ready to be sent. */
export interface LoadedScript {
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
  readonly text: string
}

/** Bytes up to which whole batches, or whole scripts, share a message. */
export const messageSize = 1_000_000

/** @throws INTEGRITY for bytes that are not what the artifact says, UNSUPPORTED_FORMAT */
export async function loadScript(
  release: Version,
  planned: PlannedMigration,
  role: ScriptRole,
  read: ScriptBytes,
): Promise<LoadedScript> {
  const script = planned.migration[role] ?? planned.migration.forward
  const bytes = await read(release, planned.migration, role)
  const label = migrationLabel(release, script.path)
  if (bytes.byteLength !== script.size || sha256(bytes) !== script.digest) {
    throw new SquizzleError('INTEGRITY', `${label} is not what the artifact says it is`, {
      hint: 'Pull the artifact again.',
      details: {file: label, expected: script.digest, found: sha256(bytes)},
    })
  }
  const borders = bordersOf(script, label)
  const cuts = script.transaction ? grouped(borders, bytes.byteLength) : borders
  const batches = cuts.map((at, index) => ({
    at,
    text: decode(bytes.subarray(at, cuts[index + 1] ?? bytes.byteLength), label),
  }))
  return {release, planned, role, script, bytes, batches}
}

function bordersOf({batches = [0]}: BatchedScript, label: string): readonly number[] {
  return batches.map((batch) => {
    if (typeof batch === 'number') return batch
    throw new SquizzleError('UNSUPPORTED_FORMAT', `${label} has a COPY with its data`, {
      hint: 'Apply it with a newer squizzle.',
      details: {file: label},
    })
  })
}

/** Joins neighbouring batches up to the size of a message. */
function grouped(borders: readonly number[], size: number): readonly number[] {
  const cuts = [0]
  for (const [index, border] of borders.entries()) {
    const end = borders[index + 1] ?? size
    if (border > 0 && end - (cuts.at(-1) ?? 0) > messageSize) cuts.push(border)
  }
  return cuts
}

function decode(bytes: Uint8Array, label: string): string {
  try {
    if (!bytes.includes(0))
      return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
  } catch {
    // said below
  }
  throw new SquizzleError('INTEGRITY', `${label} is not UTF-8 text`, {
    hint: 'The artifact was not built by squizzle, or it is damaged.',
    details: {file: label},
  })
}
