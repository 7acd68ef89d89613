import * as v from 'valibot'
import {isPostgresTime} from '../postgres-time.ts'
import type {Config, ConfigLayer} from '../define.ts'

/** Identifiers longer than this are cut by PostgreSQL (NAMEDATALEN - 1 bytes). */
const longestIdentifier = 63

/** What a timer of Node takes: 2^31 - 1 milliseconds, in seconds. */
const longestWait = 2_147_483

const text = (expected: string, pattern: RegExp) => v.pipe(v.string(), v.regex(pattern, expected))

const name = text(
  'letters, digits, dots, dashes and underscores, at most 100 of them',
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
)

/** A tag, a version (a `v` before it, a `+` in it) or a digest. */
const target = text(
  'a tag, a version or a digest',
  /^(?:[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}|sha256:[0-9a-f]{64})$/,
)

/** 4096 is the longest path that Linux takes (PATH_MAX). */
const path = text('a path', /^[^\0]{1,4096}$/)

const identifier = v.pipe(
  v.string(),
  v.check(
    (id) => id !== '' && Buffer.byteLength(id) <= longestIdentifier && !id.includes('\0'),
    `a PostgreSQL name of 1 to ${longestIdentifier} bytes`,
  ),
)

const ledgerSchema = v.pipe(
  identifier,
  v.check((id) => !/^pg_/i.test(id), 'a name without the prefix "pg_", which PostgreSQL keeps'),
)

const time = v.pipe(
  v.string('a time with its unit such as "5s", "500ms" or "2min"'),
  v.check(isPostgresTime, 'a time with its unit such as "5s", "500ms" or "2min"'),
)

const database = v.strictObject({
  url: v.optional(v.string()),
  directUrl: v.optional(v.string()),
  schema: v.optional(ledgerSchema),
  searchPath: v.optional(v.pipe(v.array(identifier), v.minLength(1, 'at least one schema'))),
  transaction: v.optional(v.picklist(['release', 'migration'])),
  lockTimeout: v.optional(time),
  statementTimeout: v.optional(time),
  waitLock: v.optional(
    v.pipe(
      v.number('a number of seconds'),
      v.finite('a number of seconds'),
      v.minValue(0, 'seconds, 0 or more'),
      v.maxValue(longestWait, `at most ${longestWait} seconds`),
    ),
  ),
})

const layer = {
  project: v.optional(name),
  migrations: v.optional(
    v.union([path, v.strictObject({path: v.optional(path), format: v.optional(name)})]),
  ),
  database: v.optional(database),
  storage: v.optional(
    v.strictObject({
      type: v.optional(v.pipe(v.string(), v.nonEmpty('a kind of storage'))),
      config: v.optional(v.record(v.string(), v.unknown())),
    }),
  ),
  target: v.optional(target),
}

const layerSchema: v.GenericSchema<unknown, ConfigLayer> = v.strictObject(layer)

/** A configuration file. `storage.config` is checked by its backend, once all layers are merged. */
export const configSchema: v.GenericSchema<unknown, Config> = v.strictObject({
  ...layer,
  environments: v.optional(v.record(v.string(), v.optional(layerSchema))),
})
