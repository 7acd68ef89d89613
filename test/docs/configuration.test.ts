import assert from 'node:assert/strict'
import {globSync, readFileSync} from 'node:fs'
import {configSchema} from '../../src/config/file/schema.ts'
import {builtInBackends} from '../../src/storage/backends.ts'

const root = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/reference/configuration.md', root), 'utf8')

/** As much of a valibot schema as its keys take. */
interface Schema {
  readonly entries?: Readonly<Record<string, Schema>>
  readonly wrapped?: Schema
  readonly options?: readonly unknown[]
  readonly pipe?: readonly unknown[]
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema'
}

/** Dotted paths of all keys that the schema knows. */
function keysOf(schema: Schema, path: string): readonly string[] {
  const {entries = {}, wrapped, options = []} = schema
  const inside = [...(wrapped === undefined ? [] : [wrapped]), ...options.filter(isSchema)]
  return [
    ...Object.entries(entries).flatMap(([key, below]) => {
      const name = path === '' ? key : `${path}.${key}`
      return [name, ...keysOf(below, name)]
    }),
    ...inside.flatMap((below) => keysOf(below, path)),
  ]
}

describe('the manual of the configuration', () => {
  const keys = [
    ...keysOf(configSchema as unknown as Schema, ''),
    ...builtInBackends().flatMap(({backend}) =>
      keysOf(backend.configSchema as unknown as Schema, 'storage.config'),
    ),
  ].filter((key) => !['database', 'storage'].includes(key))

  it('has every key in its tables', () => {
    assert.ok(
      keys.includes('database.lockTimeout') && keys.includes('storage.config.auth.username'),
    )
    const rows = new Set([...page.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, key]) => key))
    assert.deepEqual(
      keys.filter((key) => !rows.has(key)),
      [],
      'missing in the manual',
    )
    const known = new Set(keys)
    assert.deepEqual(
      [...rows].filter((key) => key?.includes('.') === true && !known.has(key)),
      [],
      'not in the schema',
    )
  })

  it('has every variable that the sources read', () => {
    const read = globSync(['src/cli/**/*.ts', 'src/config/**/*.ts', 'src/storage/oci/**/*.ts'])
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/'((?:SQUIZZLE|OCI)_[A-Z_]+)'/g)])
      .map(([, name = '']) => name)
    assert.ok(read.length > 3)
    assert.deepEqual(
      [...new Set(read)].filter((name) => !page.includes(`\`${name}\``)),
      [],
    )
  })
})
