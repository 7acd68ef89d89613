import assert from 'node:assert/strict'
import {encodeConfig, parseConfig} from '../../src/artifact/config.ts'
import {sha256} from '../../src/artifact/digest.ts'
import {encodeManifest, parseManifest, refuseMismatch} from '../../src/artifact/manifest.ts'
import type {ArtifactConfig, ReleaseEntry} from '../../src/artifact/release.ts'
import {parseVersion} from '../../src/artifact/version.ts'
import {rejectsWith} from '../support/errors.ts'

const layer = sha256('layer of 1.0.0')
const diffId = sha256('tar of 1.0.0')
const forward = sha256('create table orders ();')

const entry: ReleaseEntry = {
  version: parseVersion('1.0.0'),
  after: [],
  migrations: [
    {
      name: '0004_orders',
      kind: 'versioned',
      forward: {
        path: '0004_orders.sql',
        digest: forward,
        size: 412,
        transaction: true,
        batches: [0, 200],
      },
    },
  ],
  layer,
  size: 5678,
  diffId,
  created: '2024-01-15T10:30:00Z',
  notes: 'orders',
}
const config: ArtifactConfig = {
  schemaVersion: 1,
  features: [],
  project: 'shop',
  version: parseVersion('1.0.0'),
  builder: {name: 'squizzle', version: '1.0.0'},
  releases: [entry],
}

describe('the config of an artifact', () => {
  it('is written in one way, whatever the order of the keys at hand', () => {
    const shuffled = JSON.parse(
      JSON.stringify(Object.fromEntries(Object.entries(config).toReversed())),
    )
    const expected =
      '{"schemaVersion":1,"features":[],"project":"shop","version":"1.0.0",' +
      '"builder":{"name":"squizzle","version":"1.0.0"},"releases":[{"version":"1.0.0","after":[],"migrations":[' +
      `{"name":"0004_orders","kind":"versioned","forward":{"path":"0004_orders.sql","digest":"${forward}",` +
      `"size":412,"transaction":true,"batches":[0,200]}}],"layer":"${layer}","size":5678,"diffId":"${diffId}",` +
      '"created":"2024-01-15T10:30:00Z","notes":"orders"}]}'
    assert.equal(encodeConfig(config).toString(), expected)
    assert.equal(encodeConfig(shuffled).toString(), expected)
  })

  it('keeps fields that it does not know', () => {
    const text = encodeConfig(config)
      .toString()
      .replace('"project"', '"origin":{"a":1},"project"')
      .replace('"kind"', '"owner":"team","kind"')
    const again = encodeConfig(parseConfig(Buffer.from(text))).toString()
    assert.match(again, /"origin":\{"a":1\}/)
    assert.match(again, /"owner":"team"/)
  })

  for (const [what, change] of Object.entries({
    'a feature': (text: string) => text.replace('"features":[]', '"features":["squashes"]'),
    'a schema version': (text: string) => text.replace('"schemaVersion":1', '"schemaVersion":2'),
    'a kind': (text: string) => text.replace('"versioned"', '"seed"'),
  })) {
    it(`of a newer squizzle, with ${what} that this one does not know, is refused as such`, async () => {
      const error = await rejectsWith('UNSUPPORTED_FORMAT', () =>
        parseConfig(Buffer.from(change(encodeConfig(config).toString()))),
      )
      assert.match(error.message, /^built by a newer squizzle/)
    })
  }

  for (const [what, text] of Object.entries({
    'no JSON': '{',
    'an array': '[]',
    'no releases': encodeConfig({...config, releases: []}).toString(),
    'a release twice': encodeConfig({...config, releases: [entry, entry]}).toString(),
    'another newest release': encodeConfig({...config, version: parseVersion('2.0.0')}).toString(),
    'a release after one that it lacks': encodeConfig({
      ...config,
      releases: [{...entry, after: [parseVersion('0.9.0')]}],
    }).toString(),
    'a digest that leads elsewhere': encodeConfig(config)
      .toString()
      .replace(layer, 'sha256:../../x'),
    'a digest in capitals': encodeConfig(config).toString().replace(layer, layer.toUpperCase()),
    'a path that leads elsewhere': encodeConfig(config)
      .toString()
      .replace('0004_orders.sql', '../orders.sql'),
    'a size below zero': encodeConfig(config).toString().replace('5678', '-1'),
    'a size beyond all numbers': encodeConfig(config)
      .toString()
      .replace('5678', '9007199254740993'),
    'a size as text': encodeConfig(config).toString().replace('5678', '"5678"'),
  })) {
    it(`with ${what} is refused`, async () => {
      await rejectsWith('INTEGRITY', () => parseConfig(Buffer.from(text)))
    })
  }
})

describe('a manifest', () => {
  const configBytes = encodeConfig(config)
  const bytes = encodeManifest(config, configBytes, {
    created: '2024-01-15T10:30:00Z',
    revision: 'abc',
    author: '',
    notes: 'orders',
  })

  it('has exactly the bytes of the format, and nothing about what is not known', () => {
    assert.equal(
      bytes.toString(),
      '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",' +
        '"config":{"mediaType":"application/vnd.squizzle.config.v1+json",' +
        `"digest":"${sha256(configBytes)}","size":${configBytes.length}},` +
        '"layers":[{"mediaType":"application/vnd.squizzle.migrations.v1.tar+gzip",' +
        `"digest":"${layer}","size":5678,"annotations":{"org.opencontainers.image.title":"1.0.0.tar.gz",` +
        '"org.squizzle.version":"1.0.0","org.squizzle.created":"2024-01-15T10:30:00Z"}}],' +
        '"annotations":{"org.opencontainers.image.created":"2024-01-15T10:30:00Z",' +
        '"org.opencontainers.image.version":"1.0.0","org.opencontainers.image.revision":"abc",' +
        '"org.opencontainers.image.description":"orders","org.squizzle.project":"shop","org.squizzle.version":"1.0.0"}}',
    )
  })

  it('fits its config, and no other', async () => {
    refuseMismatch(parseManifest(bytes), config)
    const other = {...config, releases: [{...entry, layer: diffId}]}
    await rejectsWith('INTEGRITY', () => refuseMismatch(parseManifest(bytes), other))
    await rejectsWith('INTEGRITY', () =>
      refuseMismatch(parseManifest(bytes), {...config, releases: []}),
    )
  })

  for (const [what, change] of Object.entries({
    'an index': (text: string) => text.replaceAll('image.manifest', 'image.index'),
    'an image': (text: string) => text.replace('vnd.squizzle.config', 'vnd.oci.image.config'),
    'an artifact with a foreign layer': (text: string) =>
      text.replace('vnd.squizzle.migrations', 'vnd.cncf.helm'),
    'no JSON': () => '<html>',
    'something with an unknown digest': (text: string) => text.replace(layer, 'md5:00'),
  })) {
    it(`is refused where it is ${what}`, async () => {
      await rejectsWith('INTEGRITY', () => parseManifest(Buffer.from(change(bytes.toString()))))
    })
  }

  it('is taken with an artifactType too', () => {
    const text = bytes
      .toString()
      .replace('"config"', '"artifactType":"application/vnd.squizzle.config.v1+json","config"')
    assert.equal(parseManifest(Buffer.from(text)).layers.length, 1)
  })

  it('never grows beyond what registries take', async () => {
    const releases = Array.from({length: 15_000}, () => entry)
    await rejectsWith('TOO_LARGE', () =>
      encodeManifest({...config, releases}, configBytes, {created: 'x'}),
    )
  })
})
