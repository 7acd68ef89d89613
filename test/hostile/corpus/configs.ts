import {evilArtifacts, type HostileCase} from '../support/case.ts'
import type {ConfigDocument, Parts} from '../support/artifact.ts'

type Case = () => Parts

const config =
  (change: (config: ConfigDocument) => unknown): Case =>
  () => ({config: change})
const put = (more: object): Case => config((document) => ({...document, ...more}))
const entry = (more: object): Case =>
  config((document) => ({...document, releases: [{...document.releases[0], ...more}]}))
const migration = (more: object): Case =>
  config((document) => {
    const [release] = document.releases
    return {
      ...document,
      releases: [
        {
          ...release,
          migrations: [{...release.migrations[0], ...more}, ...release.migrations.slice(1)],
        },
      ],
    }
  })
const forward = (more: object): Case =>
  config((document) => {
    const [release] = document.releases
    const [only, ...others] = release.migrations
    const changed = {...only, forward: {...only.forward, ...more}}
    return {...document, releases: [{...release, migrations: [changed, ...others]}]}
  })
const text = (change: (json: string) => string): Case =>
  config((document) => Buffer.from(change(JSON.stringify(document))))

const hex = 'a'.repeat(64)

/** Configs that name what must not be, or contradict themselves. Everything around them fits. */
export const configs: readonly HostileCase[] = [
  ...evilArtifacts({
    'a config whose version is a dot (helm GHSA-hr2v-4r36-88hr, CVE-2026-35206)': put({
      version: '.',
    }),
    'a config whose version climbs (helm GHSA-v53g-5gjp-272r, CVE-2024-25620)': put({
      version: '../../evil',
    }),
    'a config whose version is a tag': put({version: 'latest'}),
    'a config whose version has two numbers': put({version: '1.0'}),
    'a config whose version is an option': put({version: '--force'}),
    'a config of another version than its release': put({version: '2.0.0'}),
    'a config without a version (helm GHSA-r53h-jv2g-vpx6, CVE-2024-26147)': put({
      version: undefined,
    }),
    'a config without a project': put({project: undefined}),
    'a config whose project is empty': put({project: ''}),
    'a config whose project climbs (helm GHSA-9vp5-m38w-j776, CVE-2020-15184)': put({
      project: '../evil',
    }),
    'a config whose project draws on the terminal (helm GHSA-c52f-pq47-2r9j, CVE-2020-15187)': put({
      project: '\u001b[2Jevil',
    }),
    'a config whose project is a number': put({project: 1}),
    'a config without a builder': put({builder: undefined}),
    'a config without releases': put({releases: []}),
    'a config whose releases are an object': put({releases: {}}),
    'a config with a release twice (helm GHSA-jm56-5h66-w453, CVE-2020-15185)': config(
      (document) => ({
        ...document,
        releases: [...document.releases, ...document.releases],
      }),
    ),
    'a config with a release after one that is not there': entry({after: ['0.9.0']}),
    'a config with a release after itself': entry({after: ['1.0.0']}),
    'a config with a release that climbs': entry({version: '../../evil'}),
    'a config whose features are a text': put({features: 'none'}),
    'a config of schema 0': put({schemaVersion: 0}),
    'a config whose schema is a text': put({schemaVersion: '1'}),
    'a config with a layer under another digest': entry({layer: `sha256:${hex}`}),
    'a config with a layer under a digest that climbs': entry({layer: 'sha256:../../evil'}),
    'a config with a layer of another size': entry({size: 10}),
    'a config with a layer below zero': entry({size: -1}),
    'a config with another content': entry({diffId: `sha256:${hex}`}),
    'a config with no content': entry({diffId: null}),
    'a config without migrations': entry({migrations: null}),
    'a config with other migrations than its layer': entry({migrations: []}),
    'a config with a migration twice': config((document) => {
      const [release] = document.releases
      const twice = [...release.migrations, ...release.migrations]
      return {...document, releases: [{...release, migrations: twice}]}
    }),
    'a config with a migration that climbs (helm GHSA-m54r-vrmv-hw33, CVE-2020-15186)': migration({
      name: '../../evil',
    }),
    'a config with a migration called dot': migration({name: '.'}),
    'a config with a migration without a name': migration({name: ''}),
    'a config with a migration of 101 letters': migration({name: 'a'.repeat(101)}),
    'a config with a migration called as an option': migration({name: '-rf'}),
    'a config with a migration with a NUL': migration({name: 'a\0b'}),
    'a config with a migration of no kind': migration({kind: null}),
    'a config with a migration without a script': migration({forward: undefined}),
    'a config with a script that climbs': forward({path: '../../evil.sql'}),
    'a config with a script at an absolute path': forward({path: '/tmp/evil.sql'}),
    'a config with a script with a backslash': forward({path: 'a\\b.sql'}),
    'a config with a script of another migration': forward({path: '0002_b.sql'}),
    'a config with a script in the place of release.json': migration({
      verify: {path: 'release.json', digest: `sha256:${hex}`, size: 1, transaction: true},
    }),
    'a config with a script that its layer lacks': migration({
      verify: {path: '0001_a.verify.sql', digest: `sha256:${hex}`, size: 1, transaction: true},
    }),
    'a config without a script that its layer has': migration({rollback: undefined}),
    'a config with a script under another digest': forward({digest: `sha256:${hex}`}),
    'a config with a script of another size': forward({size: 1}),
    'a config with a script below zero': forward({size: -1}),
    'a config with a script that runs elsewhere': forward({transaction: false}),
    'a config with a script whose transaction is a text': forward({transaction: 'true'}),
    'a config with a time limit that its layer lacks': forward({lockTimeout: '1s'}),
    'a config with batches that are no numbers': forward({batches: ['0']}),
    'a config with batches below zero': forward({batches: [-1]}),
    'a config with the key releases twice': text((json) =>
      json.replace('"releases":', '"releases":[],"releases":'),
    ),
    'a config with the key __proto__': text((json) =>
      json.replace('{', '{"__proto__":{"features":[]},'),
    ),
    'a config with the key __proto__ in a script': text((json) =>
      json.replace('"transaction":true', '"transaction":true,"__proto__":{"x":1}'),
    ),
    'a config with blanks': text((json) => json.replaceAll(':', ': ')),
    'a config of lists in lists': config(() =>
      Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    ),
    'a config that is cut short': text((json) => json.slice(0, -10)),
    'a config of no bytes': config(() => Buffer.alloc(0)),
    'a config that is null': config(() => null),
    'a config that is a list': config(() => []),
  }),
  ...evilArtifacts(
    {
      'a config with a feature that this version lacks': put({features: ['squashes']}),
      'a config of schema 2': put({schemaVersion: 2}),
      'a config of a newer squizzle that looks like nothing known': put({
        schemaVersion: 9,
        releases: ['x'],
        version: '.',
      }),
      'a config with a migration of an unknown kind': migration({kind: 'seed'}),
    },
    'UNSUPPORTED_FORMAT',
  ),
]
