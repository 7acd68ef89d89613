import {access, constants, rm, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {Descriptor} from '../../artifact/descriptor.ts'
import type {Digest} from '../../artifact/digest.ts'
import {hasErrno, SquizzleError} from '../../errors.ts'
import {explainWriteError, temporaryPath} from '../../files/write.ts'
import type {Check, TransferOptions} from '../storage.ts'
import {tryPart} from '../transfer/check.ts'
import {blobPath} from '../blobs/path.ts'
import {checkBlob} from '../blobs/read.ts'
import {mismatch} from '../blobs/write.ts'
import {contentOf, firstMissing, isForeign} from './blobs.ts'
import {isLayout} from './layout.ts'
import {findTag, readIndex, tagsOf} from './tag-index.ts'

/** The folder, every byte of the artifacts that its tags name, and whether it can be written. */
export async function checkLocal(folder: string, {signal}: TransferOptions = {}): Promise<Check[]> {
  let exists = false
  const layout = await tryPart('folder', async () => {
    exists = await isLayout(folder)
    return exists ? `${folder} is an OCI image layout` : `${folder} is made by the first push`
  })
  if (layout.status === 'failed') return [layout]
  const artifacts = await tryPart('artifacts', () => describeArtifacts(folder, signal))
  const place = exists ? folder : await nearestFolder(folder)
  const writable = await tryPart('writable', () => tryToWrite(place, exists))
  return [layout, artifacts, writable]
}

/** Tags of other tools' artifacts are counted and left alone. */
async function describeArtifacts(folder: string, signal: AbortSignal | undefined): Promise<string> {
  const index = await readIndex(folder)
  const tags = tagsOf(index)
  const checked = new Set<Digest>()
  let ours = 0
  for (const tag of tags) {
    const manifest = findTag(index, tag, folder)
    if (manifest === undefined || (await isForeign(folder, manifest))) continue
    const missing = await firstMissing(folder, manifest)
    if (missing !== undefined) throw incomplete(tag, missing)
    await expectIntact(folder, manifest, checked, signal)
    ours++
  }
  return `${count(tags.length, 'tag')}, ${count(ours, 'complete artifact')}`
}

/** Artifacts share most of their blobs: each is read once. @throws INTEGRITY naming the file */
async function expectIntact(
  folder: string,
  manifest: Descriptor,
  checked: Set<Digest>,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const blob of await contentOf(folder, manifest)) {
    if (checked.has(blob.digest)) continue
    checked.add(blob.digest)
    const path = blobPath(folder, blob.digest)
    if ((await checkBlob(path, blob, signal)) !== 'intact')
      throw mismatch(path, blob, 'other content')
  }
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`
}

function incomplete(tag: string, missing: string): SquizzleError {
  return new SquizzleError('INTEGRITY', `the artifact ${tag} lacks ${missing}`, {
    hint: 'Push it again from a workspace that has it.',
    details: {tag, missing},
  })
}

/** Writes for real only where the folder is a storage already: another one is not ours to write to. */
async function tryToWrite(folder: string, exists: boolean): Promise<string> {
  const probe = temporaryPath(join(folder, 'probe'))
  try {
    if (!exists) await access(folder, constants.W_OK)
    else await writeFile(probe, '', {flag: 'wx'})
    return `${folder} can be written`
  } catch (error) {
    throw explainWriteError(error, folder)
  } finally {
    await rm(probe, {force: true})
  }
}

async function nearestFolder(path: string): Promise<string> {
  const found = await access(path).then(
    () => true,
    (error: unknown) => !hasErrno(error, 'ENOENT', 'ENOTDIR'),
  )
  return found || dirname(path) === path ? path : nearestFolder(dirname(path))
}
