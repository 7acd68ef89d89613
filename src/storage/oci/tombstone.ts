import {randomUUID} from 'node:crypto'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Descriptor} from '../../artifact/descriptor.ts'
import {sha256, type Digest} from '../../artifact/digest.ts'
import {mediaTypes} from '../../artifact/media-types.ts'
import {withTempDir} from '../../files/temp.ts'
import {whileAsking} from './idle.ts'
import {referenceTo} from './location.ts'
import type {Session} from './session.ts'

/**
 * Takes a tag away from a manifest that other tags name as well. A registry deletes manifests, with all their
 * tags: so the tag is moved to a manifest of its own, and that one is deleted. Whether the registry deletes at all
 * is tried before the tag is touched.
 */
export async function untag(session: Session, tag: string): Promise<void> {
  await withTempDir(async (folder) => {
    const content = join(folder, 'content')
    await writeFile(content, empty)
    await session.run({
      command: ['blob', 'push'],
      flags: ['--no-tty'],
      operands: [referenceTo(session.location, sha256(empty)), content],
      idle: whileAsking,
    })
    const file = join(folder, 'manifest.json')
    const trial = tombstone()
    await putAndDelete(session, file, trial, sha256(trial))
    const last = tombstone()
    await putAndDelete(session, file, last, tag)
  })
}

/** Deletes a manifest and with it every tag that names it. */
export async function deleteManifest(session: Session, digest: Digest): Promise<void> {
  await session.run({
    command: ['manifest', 'delete'],
    // a manifest that is gone already is what was wanted
    flags: ['--force'],
    operands: [referenceTo(session.location, digest)],
    idle: whileAsking,
  })
}

async function putAndDelete(session: Session, file: string, bytes: string, name: string) {
  await writeFile(file, bytes)
  await session.run({
    command: ['manifest', 'push'],
    operands: [referenceTo(session.location, name), file],
    idle: whileAsking,
  })
  await deleteManifest(session, sha256(bytes))
}

const empty = '{}'

/** An artifact of nothing that no other tag names. */
function tombstone(): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: nothing(mediaTypes.config),
    layers: [nothing(mediaTypes.layer)],
    annotations: {'org.squizzle.removed': randomUUID()},
  })
}

function nothing(mediaType: string): Descriptor {
  return {mediaType, digest: sha256(empty), size: empty.length}
}
