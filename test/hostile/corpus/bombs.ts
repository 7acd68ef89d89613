import {gzipSync} from 'node:zlib'
import {sha256} from '../../../src/artifact/digest.ts'
import {
  artifactOf,
  blobEntry,
  goodEntries,
  indexOf,
  layoutEntries,
  layoutEntry,
  release,
  type ConfigDocument,
} from '../support/artifact.ts'
import type {HostileCase} from '../support/case.ts'
import {entry, file, header, pax, tarOf} from '../support/tar.ts'

const MiB = 1024 * 1024
/** Zeros, packed: a thousandth of their size. */
const zeros = (size: number) => Buffer.alloc(size)
const hex = 'a'.repeat(64)

/** The config of a release with scripts of these sizes, and a `release.json` that agrees. */
const claiming =
  (scripts: Readonly<Record<string, number>>) =>
  (config: ConfigDocument): unknown => ({
    ...config,
    releases: [
      {
        ...config.releases[0],
        migrations: Object.entries(scripts).map(([name, size]) => ({
          name,
          kind: 'versioned',
          forward: {path: `${name}.sql`, digest: sha256(zeros(0)), size, transaction: true},
        })),
      },
    ],
  })

const many = (count: number, text: (index: number) => string) =>
  Buffer.from(`[${Array.from({length: count}, (_, index) => text(index)).join(',')}]`)

/** Few bytes that would become many: on disk, in memory, or in time. */
export const bombs: readonly HostileCase[] = [
  {
    title:
      'a layer of 600 MiB of zeros for a file of some bytes (helm GHSA-4hfp-h4cw-hj8p, CVE-2025-32386)',
    code: 'INTEGRITY',
    make: () => {
      const [rollback] = goodEntries()
      return artifactOf({
        tar: tarOf(rollback, header({name: '1.0.0/0001_a.sql'}, 600 * MiB), zeros(600 * MiB)),
      })
    },
  },
  {
    title: 'a layer of 600 MiB of zeros after its end',
    code: 'INTEGRITY',
    make: () => artifactOf({tar: Buffer.concat([tarOf(...goodEntries()), zeros(600 * MiB)])}),
  },
  {
    title: 'a layer whose content is wrong after 500 MiB',
    code: 'INTEGRITY',
    make: () => {
      const size = 249 * MiB
      return artifactOf({
        tar: tarOf(
          entry({name: '1.0.0/a.sql'}, zeros(size)),
          entry({name: '1.0.0/b.sql'}, zeros(size)),
        ),
        config: (config) => {
          const text = JSON.stringify(claiming({a: size, b: size})(config))
          return JSON.parse(text.replace(sha256(''), sha256(zeros(size))))
        },
      })
    },
  },
  {
    title: 'a layer whose release.json has 250 MiB, of which its config makes room for',
    code: 'INTEGRITY',
    make: () =>
      artifactOf({
        tar: tarOf(entry({name: '1.0.0/release.json'}, zeros(250 * MiB))),
        config: claiming({zzz: 250 * MiB}),
      }),
  },
  {
    title: 'a layer that claims 600 MiB of SQL',
    code: 'TOO_LARGE',
    make: () => artifactOf({config: claiming({a: 200 * MiB, b: 200 * MiB, c: 200 * MiB})}),
  },
  {
    title: 'a layer that claims a script of 300 MiB',
    code: 'TOO_LARGE',
    make: () => artifactOf({config: claiming({a: 300 * MiB})}),
  },
  {
    title: 'a layer that claims 20,001 scripts',
    code: 'TOO_LARGE',
    make: () =>
      artifactOf({
        config: claiming(
          Object.fromEntries(Array.from({length: 20_001}, (_, index) => [`m${index}`, 1])),
        ),
      }),
  },
  {
    title: 'a layer of 500,000 empty files (node-tar GHSA-23hp-3jrh-7fpw)',
    code: 'INTEGRITY',
    make: () => artifactOf({tar: tarOf(Buffer.concat(Array<Buffer>(500_000).fill(file('x'))))}),
  },
  {
    title: 'a layer of empty blocks of deflate, 100 MiB of them',
    code: 'INTEGRITY',
    make: () => {
      const tar = tarOf(...goodEntries())
      const packed = gzipSync(tar)
      const empty = Buffer.alloc(100 * MiB, Buffer.from('000000ffff', 'hex'))
      return artifactOf({
        tar,
        layer: Buffer.concat([packed.subarray(0, 10), empty, packed.subarray(10)]),
      })
    },
  },
  {
    title: 'an archive of 600 MiB of zeros',
    code: 'INTEGRITY',
    make: () => ({archive: gzipSync(zeros(600 * MiB))}),
  },
  {
    title: 'an archive with an oci-layout of 600 MiB',
    code: 'INTEGRITY',
    make: () => ({archive: gzipSync(tarOf(entry({name: 'oci-layout'}, zeros(600 * MiB))))}),
  },
  {
    title: 'an archive with an index.json of 600 MiB',
    code: 'INTEGRITY',
    make: () => ({
      archive: gzipSync(tarOf(layoutEntry(), entry({name: 'index.json'}, zeros(600 * MiB)))),
    }),
  },
  {
    title: 'an archive with a pax header of 600 MiB',
    code: 'INTEGRITY',
    make: () => ({archive: gzipSync(tarOf(pax({comment: ' '.repeat(500 * MiB)})))}),
  },
  {
    title: 'an archive of 500,000 empty files (node-tar GHSA-23hp-3jrh-7fpw)',
    code: 'INTEGRITY',
    make: () => ({archive: gzipSync(tarOf(Buffer.concat(Array<Buffer>(500_000).fill(file('x')))))}),
  },
  {
    title:
      'an archive that grows 900 times, below the ratio that node-tar stops at (GHSA-23hp-3jrh-7fpw)',
    code: 'INTEGRITY',
    make: () => {
      const noise = Buffer.concat(
        Array.from({length: 600}, (_, index) =>
          Buffer.concat([zeros(MiB - 32), Buffer.from(sha256(String(index))).subarray(7, 39)]),
        ),
      )
      return {archive: gzipSync(tarOf(layoutEntry(), entry({name: 'index.json'}, noise)))}
    },
  },
  {
    title: 'an archive whose index claims a manifest of 5 GiB',
    code: 'TOO_LARGE',
    make: () => {
      const {manifest} = artifactOf()
      const index = indexOf(manifest)
      const claim = {...index, manifests: [{...index.manifests[0], size: 5 * 1024 ** 3}]}
      return {archive: gzipSync(tarOf(layoutEntry(), file('index.json', JSON.stringify(claim))))}
    },
  },
  {
    title: 'a manifest of 10 MB',
    code: 'TOO_LARGE',
    make: () =>
      artifactOf({
        manifest: (document) => ({...document, annotations: {a: 'x'.repeat(10_000_000)}}),
      }),
  },
  {
    title: 'a manifest of 100,000 layers',
    code: 'TOO_LARGE',
    make: () =>
      artifactOf({
        manifest: (document) => ({...document, layers: Array(100_000).fill(document.layers[0])}),
      }),
  },
  {
    title: 'a manifest of as many layers as fit',
    code: 'TOO_LARGE',
    make: () =>
      artifactOf({
        manifest: (document) => ({
          ...document,
          layers: Array.from({length: 20_000}, (_, index) => ({
            ...document.layers[0],
            digest: `sha256:${String(index).padStart(64, '0')}`,
          })),
        }),
      }),
  },
  {
    title: 'a manifest with a layer of 20 GB',
    code: 'TOO_LARGE',
    make: () =>
      artifactOf({
        manifest: (document) => ({
          ...document,
          layers: [{...document.layers[0], size: 20 * 1000 ** 3}],
        }),
      }),
  },
  {
    title: 'a manifest with a config of 1 GB',
    code: 'TOO_LARGE',
    make: () =>
      artifactOf({
        manifest: (document) => ({...document, config: {...document.config, size: 1000 ** 3}}),
      }),
  },
  {
    title: 'a manifest of 4 MiB of empty lists',
    code: 'INTEGRITY',
    make: () => artifactOf({manifest: () => many(1_300_000, () => '[]')}),
  },
  {
    title: 'a manifest of 4 MiB of empty layers',
    code: 'INTEGRITY',
    make: () =>
      artifactOf({
        manifest: (document) =>
          Buffer.from(
            JSON.stringify({...document, layers: []}).replace(
              '"layers":[]',
              `"layers":[${'{},'.repeat(390_000)}{}]`,
            ),
          ),
      }),
  },
  {
    title: 'a manifest of lists in lists, 4 MiB of them (helm GHSA-5xqw-8hwv-wg92, CVE-2025-32387)',
    code: 'INTEGRITY',
    make: () =>
      artifactOf({manifest: () => Buffer.from('['.repeat(790_000) + ']'.repeat(790_000))}),
  },
  {
    title: 'a config of 17 MiB',
    code: 'TOO_LARGE',
    make: () => artifactOf({config: (config) => ({...config, notes: 'x'.repeat(17 * MiB)})}),
  },
  {
    title: 'a config of 16 MB of empty lists',
    code: 'INTEGRITY',
    make: () => artifactOf({config: () => many(5_000_000, () => '[]')}),
  },
  {
    title: 'a config of as many lists as are parsed',
    code: 'INTEGRITY',
    make: () => artifactOf({config: () => many(390_000, () => '[]')}),
  },
  {
    title: 'a config of many keys',
    code: 'INTEGRITY',
    make: () =>
      artifactOf({
        config: () =>
          Buffer.from(
            `{${Array.from({length: 790_000}, (_, index) => `"key${index}":0`).join(',')}}`,
          ),
      }),
  },
  {
    title: 'a config of as many keys in as many objects as are parsed',
    code: 'INTEGRITY',
    make: () =>
      artifactOf({
        config: () =>
          many(12_600, (outer) => {
            const keys = Array.from({length: 62}, (_, inner) => `"key${outer}_${inner}":0`)
            return `{${keys.join(',')}}`
          }),
      }),
  },
  {
    title: 'a config whose notes fill it, with a layer that is wrong',
    code: 'INTEGRITY',
    make: () =>
      artifactOf({
        tar: tarOf(...goodEntries().slice(0, 2)),
        config: (config) => ({
          ...config,
          releases: [{...config.releases[0], notes: 'x'.repeat(15 * MiB)}],
        }),
      }),
  },
  {
    title: 'a config of as many texts as are parsed',
    code: 'INTEGRITY',
    make: () => artifactOf({config: () => many(700_000, (index) => `"a text ${index}"`)}),
  },
  {
    title: 'a config of releases that are no releases',
    code: 'INTEGRITY',
    make: () =>
      artifactOf({
        config: (config) =>
          Buffer.from(
            JSON.stringify({...config, releases: []}).replace(
              '"releases":[]',
              `"releases":[${'{},'.repeat(390_000)}{}]`,
            ),
          ),
      }),
  },
  {
    title: 'a config of 30,000 releases',
    code: 'INTEGRITY',
    make: () =>
      artifactOf({
        config: (config) => ({
          ...config,
          releases: Array.from({length: 30_000}, (_, index) => ({
            ...config.releases[0],
            version: `1.0.${index}`,
            migrations: [],
          })),
        }),
      }),
  },
  {
    title: 'an archive whose config is a bomb of its own',
    code: 'INTEGRITY',
    make: () => {
      const {manifest} = artifactOf({config: () => many(10, () => `"${hex}"`)})
      return {
        archive: gzipSync(
          tarOf(...layoutEntries(manifest), blobEntry(sha256(manifest), zeros(300 * MiB))),
        ),
      }
    },
  },
  {
    title: 'a release.json as large as its config lets it be',
    code: 'INTEGRITY',
    make: () => {
      const notes = 'x'.repeat(15 * MiB)
      const [rollback, forward, , last] = goodEntries()
      const own = file('1.0.0/release.json', JSON.stringify({...release(), notes: `${notes}y`}))
      return artifactOf({
        tar: tarOf(rollback, forward, own, last),
        config: (config) => ({...config, releases: [{...config.releases[0], notes}]}),
      })
    },
  },
]
