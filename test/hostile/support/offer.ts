import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {sha256} from '../../../src/artifact/digest.ts'
import {indexOf} from './artifact.ts'
import type {Hostile} from './case.ts'

/** Something hostile on disk, as a user would meet it. */
export interface Offer {
  /** A file to import. */
  readonly archive: string
  /** Folder of a local storage that holds the same; only where an archive is not all there is. */
  readonly storage?: string
}

/** Writes what an attacker offers into a folder of its own. */
export async function layOut(
  {archive, manifest, blobs = []}: Hostile,
  folder: string,
): Promise<Offer> {
  await mkdir(folder, {recursive: true})
  const path = join(folder, 'hostile.tar.gz')
  await writeFile(path, archive)
  if (manifest === undefined) return {archive: path}
  const storage = join(folder, 'storage')
  await mkdir(join(storage, 'blobs/sha256'), {recursive: true})
  for (const bytes of [manifest, ...blobs]) {
    await writeFile(join(storage, 'blobs/sha256', sha256(bytes).slice(7)), bytes)
  }
  await writeFile(join(storage, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  await writeFile(join(storage, 'index.json'), JSON.stringify(indexOf(manifest)))
  return {archive: path, storage}
}
