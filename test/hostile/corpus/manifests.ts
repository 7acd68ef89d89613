import {evilArtifacts, type HostileCase} from '../support/case.ts'
import type {ManifestDocument, Parts} from '../support/artifact.ts'

type Case = () => Parts

const manifest =
  (change: (manifest: ManifestDocument) => unknown): Case =>
  () => ({manifest: change})
const put = (more: object): Case => manifest((document) => ({...document, ...more}))
const layer = (more: object): Case =>
  manifest((document) => ({...document, layers: [{...document.layers[0], ...more}]}))
const config = (more: object): Case =>
  manifest((document) => ({...document, config: {...document.config, ...more}}))
const text = (change: (json: string) => string): Case =>
  manifest((document) => Buffer.from(change(JSON.stringify(document))))
const without = (key: string): Case =>
  manifest((document) =>
    Object.fromEntries(Object.entries(document).filter(([name]) => name !== key)),
  )

const hex = 'a'.repeat(64)

/** Manifests that lie, or that two readers understand in two ways. */
export const manifests: readonly HostileCase[] = [
  ...evilArtifacts({
    'a manifest that says it is an index': put({
      mediaType: 'application/vnd.oci.image.index.v1+json',
    }),
    "a manifest that says it is docker's": put({
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    }),
    'an index': manifest((document) => ({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [document.config],
    })),
    'a manifest that is an index too (OCI GHSA-77vh-xpmg-72qh)': put({manifests: []}),
    'a manifest with the manifests of an index, and no type (OCI GHSA-mc8v-mgrf-8f4m)': manifest(
      (document) => ({...document, mediaType: undefined, manifests: [document.config]}),
    ),
    'a manifest of schema 1': put({schemaVersion: 1}),
    'a manifest of schema 3': put({schemaVersion: 3}),
    'a manifest whose schema is a text': put({schemaVersion: '2'}),
    'a manifest without a config': without('config'),
    'a manifest without layers': without('layers'),
    'a manifest without a schema': without('schemaVersion'),
    'a manifest whose layers are an object': put({layers: {}}),
    'a manifest with no layer': put({layers: []}),
    'a manifest with one layer too many': manifest((document) => ({
      ...document,
      layers: [...document.layers, {...document.layers[0], digest: `sha256:${hex}`}],
    })),
    'a manifest with a layer twice': manifest((document) => ({
      ...document,
      layers: [...document.layers, ...document.layers],
    })),
    'a manifest with a key in another case': manifest((document) => ({...document, Layers: []})),
    'a manifest with a key that nobody defined': put({evil: true}),
    'a manifest with addresses for a layer': layer({urls: ['http://169.254.169.254/']}),
    'a manifest with a layer inside': layer({data: 'ZXZpbA=='}),
    'a manifest with an annotation that is no text': put({annotations: {a: 1}}),
    'a manifest with a config of another type': config({
      mediaType: 'application/vnd.oci.image.config.v1+json',
    }),
    'a manifest with a layer of another type': layer({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    }),
    'a manifest with a layer of no type': layer({mediaType: null}),
    'a manifest with a layer that is too small': layer({size: 10}),
    'a manifest with a layer that is too large': layer({size: 10_000}),
    'a manifest with a layer below zero': layer({size: -1}),
    'a manifest with a layer of half a byte': layer({size: 0.5}),
    'a manifest with a layer whose size is a text': layer({size: '300'}),
    'a manifest with a layer without a size': layer({size: null}),
    'a manifest with a layer beyond what numbers hold': text((json) =>
      json.replace(/(tar\+gzip".*"size":)\d+/, '$19007199254740993'),
    ),
    'a manifest with a size of many digits': text((json) =>
      json.replace(/"size":(\d+)/, '"size":$1.0'),
    ),
    'a manifest with a config that is too small': config({size: 10}),
    'a manifest with a config that is too large': config({size: 10_000}),
    'a manifest with a config under another digest': config({digest: `sha256:${hex}`}),
    'a manifest with a layer under another digest': layer({digest: `sha256:${hex}`}),
    'a manifest with a digest by MD5': layer({digest: 'md5:d41d8cd98f00b204e9800998ecf8427e'}),
    'a manifest with a digest by SHA-512': layer({digest: `sha512:${hex}${hex}`}),
    'a manifest with a digest that climbs': layer({digest: 'sha256:../../../outside/evil'}),
    'a manifest with a config whose digest climbs': config({
      digest: 'sha256:../../../outside/evil',
    }),
    'a manifest with a digest in upper case': manifest((document) => ({
      ...document,
      layers: [{...document.layers[0], digest: document.layers[0].digest.toUpperCase()}],
    })),
    'a manifest with a digest that is too short': layer({digest: 'sha256:abc'}),
    'a manifest with a digest and a line break': layer({digest: `sha256:${hex}\n`}),
    'a manifest with a digest and a blank': layer({digest: ` sha256:${hex}`}),
    'a manifest with a digest without its kind': layer({digest: hex}),
    'a manifest with no digest': layer({digest: null}),
    'a manifest with the key layers twice': text((json) =>
      json.replace('"layers":', '"layers":[],"layers":'),
    ),
    'a manifest with the key config twice': text((json) =>
      json.replace(/"config":(\{.*?\})/, '"config":$1,"config":$1'),
    ),
    'a manifest with the key __proto__': text((json) =>
      json.replace('{', '{"__proto__":{"layers":[]},'),
    ),
    'a manifest with the key constructor': put({constructor: {prototype: {layers: []}}}),
    'a manifest with blanks': text((json) => json.replaceAll(',', ', ')),
    'a manifest with a line break at the end': text((json) => `${json}\n`),
    'a manifest behind a byte order mark': text((json) => `\ufeff${json}`),
    'a manifest with an escaped letter': text((json) => json.replace('"layers"', '"\\u006cayers"')),
    'a manifest with a comma too many': text((json) => json.replace(/\}$/, ',}')),
    'a manifest with bytes that are no UTF-8': manifest((document) =>
      Buffer.concat([
        Buffer.from(
          JSON.stringify(document).replace(/"annotations":\{\}\}$/, '"annotations":{"a":"'),
        ),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('"}}'),
      ]),
    ),
    'two manifests, one after the other': text((json) => `${json}${json}`),
    'a manifest that is cut short': text((json) => json.slice(0, -10)),
    'a manifest of no bytes': manifest(() => Buffer.alloc(0)),
    'a manifest that is null': manifest(() => null),
    'a manifest that is a list': manifest((document) => [document]),
    'a manifest that is a text': manifest((document) => JSON.stringify(document)),
    'a manifest that is a number': manifest(() => 1),
    'a manifest that is a web page': manifest(() =>
      Buffer.from('<!doctype html><title>Log in</title>'),
    ),
    'a manifest of lists in lists': manifest(() =>
      Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    ),
    'a manifest with lists in lists in an annotation (helm GHSA-5xqw-8hwv-wg92, CVE-2025-32387)':
      text((json) =>
        json.replace(
          /"annotations":\{\}\}$/,
          `"annotations":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
        ),
      ),
    'a config in the place of a layer': () => ({swap: {layer: Buffer.from('{}')}}),
    'a config other than its digest': () => ({swap: {config: Buffer.from('{}')}}),
  }),
]
