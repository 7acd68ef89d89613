import {access} from 'node:fs/promises'
import {join} from 'node:path'
import * as v from 'valibot'
import type {Descriptor} from '../../artifact/descriptor.ts'
import {mediaTypes} from '../../artifact/media-types.ts'
import {isTag} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import {writeFileWhole} from '../../files/write.ts'
import {descriptorSchema, parseJson, parseShape} from '../descriptors.ts'
import {readText} from './layout.ts'

const refName = 'org.opencontainers.image.ref.name'

/** Loose: other tools' entries and fields stay as they are. */
const entrySchema = v.looseObject({
  digest: v.string(),
  annotations: v.exactOptional(v.record(v.string(), v.string())),
})

const indexSchema = v.looseObject({
  schemaVersion: v.literal(2),
  manifests: v.array(entrySchema),
})

/** The `index.json` of a layout: which manifest each tag names. */
export type TagIndex = v.InferOutput<typeof indexSchema>

const emptyIndex: TagIndex = {schemaVersion: 2, mediaType: mediaTypes.index, manifests: []}

export function indexPath(folder: string): string {
  return join(folder, 'index.json')
}

/**
 * A layout whose maker was killed at once has none yet; beside blobs it was lost, and is never taken for empty.
 * @throws INTEGRITY naming the file
 */
export async function readIndex(folder: string): Promise<TagIndex> {
  const path = indexPath(folder)
  const text = await readText(path)
  if (text !== undefined) return parseJson(indexSchema, text, path, 'an OCI image index')
  if (!(await hasBlobs(folder))) return emptyIndex
  // made since, by the push that brought the blobs
  const now = await readText(path)
  if (now !== undefined) return parseJson(indexSchema, now, path, 'an OCI image index')
  throw new SquizzleError('INTEGRITY', `${path} is missing, though the layout has blobs`, {
    hint: 'Put it back from a backup: it says what each blob belongs to.',
    details: {path},
  })
}

/** Before the first blob, so that a layout without one can be told from a damaged one. */
export async function makeIndex(folder: string): Promise<void> {
  await writeFileWhole(indexPath(folder), JSON.stringify(emptyIndex), {ifAbsent: true})
}

async function hasBlobs(folder: string): Promise<boolean> {
  return access(join(folder, 'blobs')).then(
    () => true,
    () => false,
  )
}

export async function writeIndex(folder: string, index: TagIndex): Promise<void> {
  await writeFileWhole(indexPath(folder), JSON.stringify(index))
}

/** What a tag names; of two entries the last counts, as for `oras`. @throws INTEGRITY naming the file */
export function findTag(index: TagIndex, tag: string, folder: string): Descriptor | undefined {
  const entry = index.manifests.findLast((one) => tagOf(one) === tag)
  if (entry === undefined) return undefined
  const where = `${indexPath(folder)} (tag ${tag})`
  const {mediaType, digest, size} = parseShape(descriptorSchema, entry, where, 'a descriptor')
  return {mediaType, digest, size}
}

export function tagsOf(index: TagIndex): string[] {
  const names = index.manifests.map(tagOf).filter((name) => name !== undefined)
  return [...new Set(names)].filter(isTag)
}

export function withTag(index: TagIndex, tag: string, manifest: Descriptor): TagIndex {
  const {mediaType, digest, size} = manifest
  const entry = {mediaType, digest, size, annotations: {[refName]: tag}}
  return {...index, manifests: [...withoutTag(index, tag).manifests, entry]}
}

/** The same index where no entry has the tag. */
export function withoutTag(index: TagIndex, tag: string): TagIndex {
  const others = index.manifests.filter((entry) => tagOf(entry) !== tag)
  return others.length === index.manifests.length ? index : {...index, manifests: others}
}

export function tagOf(entry: TagIndex['manifests'][number]): string | undefined {
  return entry.annotations?.[refName]
}
