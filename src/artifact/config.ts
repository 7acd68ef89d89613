import * as v from 'valibot'
import {SquizzleError} from '../errors.ts'
import {isDigest, type Digest} from './digest.ts'
import {parseDocument} from './json.ts'
import {isTooComplex} from './json-size.ts'
import {limits} from './limits.ts'
import {orderRelease} from './release-json.ts'
import type {ArtifactConfig, ReleaseEntry} from './release.ts'
import {isVersion, type Version} from './version.ts'

/** Fields of the format that this version understands beyond schema 1: none yet. */
const knownFeatures: readonly string[] = []

const digest = v.custom<Digest>((text) => typeof text === 'string' && isDigest(text), 'a digest')
const version = v.custom<Version>(
  (text) => typeof text === 'string' && isVersion(text),
  'a version',
)
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** File names in a layer: what every file system and every archive tool can hold. */
export const fileNamePattern = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$/

/** Names of projects, as the configuration takes them. */
const projectPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

const batch = v.union([size, v.looseObject({at: size, data: size, end: size})])
const script = v.looseObject({
  path: v.pipe(v.string(), v.regex(fileNamePattern)),
  digest,
  size,
  transaction: v.boolean(),
  lockTimeout: v.exactOptional(v.string()),
  statementTimeout: v.exactOptional(v.string()),
  batches: v.exactOptional(v.array(batch)),
})
const migration = v.looseObject({
  name: v.pipe(v.string(), v.regex(fileNamePattern)),
  kind: v.string(),
  forward: script,
  rollback: v.exactOptional(script),
  verify: v.exactOptional(script),
})
const release = v.looseObject({
  version,
  after: v.array(version),
  migrations: v.array(migration),
  layer: digest,
  size,
  diffId: digest,
  created: v.string(),
  author: v.exactOptional(v.string()),
  notes: v.exactOptional(v.string()),
})
const schema = v.looseObject({
  schemaVersion: v.number(),
  features: v.array(v.string()),
  project: v.pipe(v.string(), v.regex(projectPattern)),
  version,
  builder: v.looseObject({name: v.string(), version: v.string()}),
  releases: v.pipe(v.array(release), v.minLength(1)),
})

/** The config's bytes: compact, keys in their fixed order, fields of later formats behind them. */
export function encodeConfig(config: ArtifactConfig): Buffer {
  const {schemaVersion, features, project, version: of, builder, releases, ...more} = config
  const ordered = {
    schemaVersion,
    features,
    project,
    version: of,
    builder,
    releases: releases.map(orderEntry),
    ...more,
  }
  const bytes = Buffer.from(JSON.stringify(ordered))
  if (bytes.length > limits.config || isTooComplex(bytes)) {
    throw new SquizzleError('TOO_LARGE', 'the config of this artifact is larger than 16 MiB', {
      hint: 'A project may have thousands of releases, not more.',
    })
  }
  return bytes
}

function orderEntry(entry: ReleaseEntry): ReleaseEntry {
  const {layer, size: bytes, diffId, created, author, notes, ...rest} = entry
  const {version: of, after, migrations, ...more} = orderRelease(rest)
  return {
    version: of,
    after,
    migrations,
    layer,
    size: bytes,
    diffId,
    created,
    ...(author !== undefined && {author}),
    ...(notes !== undefined && {notes}),
    ...more,
  }
}

/**
 * A config from bytes that were checked against their digest; fields that this version doesn't know stay in it.
 * @throws UNSUPPORTED_FORMAT where a newer squizzle built it, INTEGRITY where it is no config at all
 */
export function parseConfig(bytes: Buffer): ArtifactConfig {
  if (bytes.length > limits.config) throw invalid('it is larger than 16 MiB')
  const json = parseDocument(bytes, invalid)
  refuseNewer(json)
  const result = v.safeParse(schema, json, {abortEarly: true})
  if (!result.success) {
    const [issue] = result.issues
    throw invalid(
      `${v.getDotPath(issue) ?? 'it'}: expected ${issue.type === 'custom' ? issue.message : (issue.expected ?? issue.message)}`,
    )
  }
  const config = result.output as ArtifactConfig
  refuseInconsistent(config)
  return config
}

/** First of all: of a format that this version doesn't know, nothing else can be said. */
function refuseNewer(json: unknown): void {
  const head = v.safeParse(
    v.looseObject({
      schemaVersion: v.number(),
      features: v.array(v.string()),
      releases: v.array(v.unknown()),
    }),
    json,
    {abortEarly: true},
  )
  if (!head.success) return
  const {schemaVersion, features} = head.output
  const unknown = features.filter((feature) => !knownFeatures.includes(feature))
  if (schemaVersion > 1) throw newer(`format ${schemaVersion}`)
  if (unknown.length > 0) throw newer(`the feature ${unknown.join(', ')}`)
}

function refuseInconsistent({version: of, releases, schemaVersion}: ArtifactConfig): void {
  if (schemaVersion !== 1) throw invalid(`schema version ${String(schemaVersion)} does not exist`)
  const seen = new Set<Version>()
  for (const entry of releases) {
    const missing = entry.after.find((other) => !seen.has(other))
    if (missing !== undefined)
      throw invalid(`${entry.version} stands before ${missing}, which it is after`)
    if (seen.has(entry.version)) throw invalid(`${entry.version} stands in it twice`)
    seen.add(entry.version)
    refuseMigrations(entry)
  }
  if (releases.at(-1)?.version !== of) throw invalid(`its newest release is not ${of}`)
}

function refuseMigrations({version: of, migrations}: ReleaseEntry): void {
  const names = new Set<string>()
  for (const {name, kind, forward, rollback, verify} of migrations) {
    if (kind !== 'versioned' && kind !== 'repeatable') throw newer(`the kind ${String(kind)}`)
    for (const written of [forward, rollback, verify].map((part) => part?.path.toLowerCase())) {
      if (written === undefined) continue
      if (names.has(written)) throw invalid(`${of} holds ${written} twice`)
      names.add(written)
    }
    const wrong = [
      [forward, `${name}.sql`] as const,
      [rollback, `${name}.rollback.sql`] as const,
      [verify, `${name}.verify.sql`] as const,
    ].find(([part, path]) => part && part.path !== path)
    if (wrong) throw invalid(`${wrong[0]?.path} is not ${wrong[1]}`)
  }
}

function newer(what: string): SquizzleError {
  return new SquizzleError('UNSUPPORTED_FORMAT', `built by a newer squizzle: it uses ${what}`, {
    hint: 'Update squizzle and try again.',
  })
}

function invalid(why: string, cause?: unknown): SquizzleError {
  return new SquizzleError('INTEGRITY', `the config of the artifact is not valid: ${why}`, {
    hint: 'It was not built by squizzle, or it was changed after.',
    cause,
  })
}
