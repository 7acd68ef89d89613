import {gzipSync} from 'node:zlib'
import {sha256} from '../../../src/artifact/digest.ts'
import {
  artifactOf,
  blobEntry,
  indexOf,
  layoutEntries,
  layoutEntry,
  type IndexDocument,
} from '../support/artifact.ts'
import type {HostileCase} from '../support/case.ts'
import {file, tarOf} from '../support/tar.ts'

interface Good {
  readonly manifest: Buffer
  readonly config: Buffer
  readonly layer: Buffer
  readonly blobs: readonly [manifest: Buffer, config: Buffer, layer: Buffer]
}

function good(): Good {
  const {manifest, blobs} = artifactOf()
  const [config, layer] = blobs
  if (!config || !layer) throw new Error('an artifact has a config and a layer')
  const entries = [manifest, config, layer].map((bytes) => blobEntry(sha256(bytes), bytes))
  return {manifest, config, layer, blobs: [entries[0]!, entries[1]!, entries[2]!]}
}

const arrangements: Readonly<Record<string, (good: Good) => readonly Buffer[]>> = {
  'without oci-layout': ({manifest, blobs}) => [...layoutEntries(manifest).slice(1), ...blobs],
  'with oci-layout of another version': ({manifest, blobs}) => [
    file('oci-layout', '{"imageLayoutVersion":"9.9.9"}'),
    ...layoutEntries(manifest).slice(1),
    ...blobs,
  ],
  'with an empty oci-layout': ({manifest, blobs}) => [
    file('oci-layout', ''),
    ...layoutEntries(manifest).slice(1),
    ...blobs,
  ],
  'with oci-layout twice': ({manifest, blobs}) => [
    layoutEntry(),
    ...layoutEntries(manifest),
    ...blobs,
  ],
  'without index.json': ({blobs}) => [layoutEntry(), ...blobs],
  'with index.json last': ({manifest, blobs}) => [
    layoutEntry(),
    ...blobs,
    ...layoutEntries(manifest).slice(1),
  ],
  'with index.json twice': ({manifest, blobs}) => [
    ...layoutEntries(manifest),
    ...layoutEntries(manifest).slice(1),
    ...blobs,
  ],
  'without a manifest': ({manifest, blobs}) => [...layoutEntries(manifest), ...blobs.slice(1)],
  'without a config': ({manifest, blobs: [first, , last]}) => [
    ...layoutEntries(manifest),
    first,
    last,
  ],
  'without a layer': ({manifest, blobs}) => [...layoutEntries(manifest), ...blobs.slice(0, 2)],
  'with its blobs in another order': ({manifest, blobs}) => [
    ...layoutEntries(manifest),
    ...blobs.toReversed(),
  ],
  'with a blob twice': ({manifest, blobs}) => [...layoutEntries(manifest), ...blobs, blobs[2]],
  'with a blob too many': ({manifest, blobs}) => [
    ...layoutEntries(manifest),
    ...blobs,
    blobEntry(sha256('evil'), Buffer.from('evil')),
  ],
  'with a file beside the layout': ({manifest, blobs}) => [
    ...layoutEntries(manifest),
    ...blobs,
    file('squizzle.config.js', 'process.exit()'),
  ],
  "with docker's manifest.json": ({manifest, blobs}) => [
    ...layoutEntries(manifest),
    file('manifest.json', '[]'),
    ...blobs,
  ],
  'with another manifest under the digest': ({manifest, config, blobs}) => [
    ...layoutEntries(manifest),
    blobEntry(sha256(manifest), config),
    ...blobs.slice(1),
  ],
  'with another layer under the digest': ({manifest, layer, blobs}) => [
    ...layoutEntries(manifest),
    ...blobs.slice(0, 2),
    blobEntry(sha256(layer), Buffer.concat([layer.subarray(0, -1), Buffer.from([0xff])])),
  ],
  'with a blob in upper case': ({manifest, blobs}) => [
    ...layoutEntries(manifest),
    file(`blobs/sha256/${sha256(manifest).slice(7).toUpperCase()}`, manifest),
    ...blobs.slice(1),
  ],
  'with a blob under another algorithm': ({manifest, blobs}) => [
    ...layoutEntries(manifest),
    file(`blobs/md5/${sha256(manifest).slice(7)}`, manifest),
    ...blobs.slice(1),
  ],
  'with a blob that climbs': ({manifest, blobs}) => [
    ...layoutEntries(manifest),
    file('blobs/sha256/../../evil', manifest),
    ...blobs.slice(1),
  ],
  'with a blob in a folder': ({manifest, blobs}) => [
    ...layoutEntries(manifest),
    file(`blobs/sha256/x/${sha256(manifest).slice(7)}`, manifest),
    ...blobs.slice(1),
  ],
}

const indexes: Readonly<Record<string, (index: IndexDocument, good: Good) => unknown>> = {
  'that names no manifest': (index) => ({...index, manifests: []}),
  'that names two manifests': (index) => ({
    ...index,
    manifests: [...index.manifests, ...index.manifests],
  }),
  'that names another version': (_, {manifest}) => indexOf(manifest, '9.9.9'),
  'that names the tag latest': (_, {manifest}) => indexOf(manifest, 'latest'),
  'that names no version': (index) => ({
    ...index,
    manifests: [{...index.manifests[0], annotations: {}}],
  }),
  'that names an index': (index) => ({
    ...index,
    manifests: [{...index.manifests[0], mediaType: index.mediaType}],
  }),
  'with another size': (index) => ({...index, manifests: [{...index.manifests[0], size: 1}]}),
  'with a size below zero': (index) => ({...index, manifests: [{...index.manifests[0], size: -1}]}),
  'with a digest that climbs': (index) => ({
    ...index,
    manifests: [{...index.manifests[0], digest: 'sha256:../../evil'}],
  }),
  'with one key too many': (index) => ({...index, evil: true}),
  'with the key __proto__': (index) =>
    Buffer.from(JSON.stringify(index).replace('{', '{"__proto__":{},')),
  'with the key manifests twice': (index) =>
    Buffer.from(JSON.stringify(index).replace('"manifests":', '"manifests":[],"manifests":')),
  'of blanks': () => Buffer.from(' '.repeat(1000)),
  'that is no JSON': () => Buffer.from('evil'),
  'of no bytes': () => Buffer.alloc(0),
}

/** Archives that are not laid out as `export` lays them out. */
export const layouts: readonly HostileCase[] = [
  ...Object.entries(arrangements).map(([title, entries]) =>
    archive(`an archive ${title}`, entries),
  ),
  ...Object.entries(indexes).map(([title, change]) =>
    archive(`an index ${title}`, (parts) => {
      const index = change(indexOf(parts.manifest), parts)
      const bytes = Buffer.isBuffer(index) ? index : Buffer.from(JSON.stringify(index))
      return [layoutEntry(), file('index.json', bytes), ...parts.blobs]
    }),
  ),
]

function archive(title: string, entries: (good: Good) => readonly Buffer[]): HostileCase {
  return {title, code: 'INTEGRITY', make: () => ({archive: gzipSync(tarOf(...entries(good())))})}
}
