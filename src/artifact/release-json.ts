import type {Migration, Release, Script} from './release.ts'

/** Name of the file in a layer that says what runs. */
export const releaseFile = 'release.json'

/** The bytes of `release.json`: compact, keys in their fixed order, fields of later formats behind them. */
export function encodeRelease(release: Release): Buffer {
  return Buffer.from(JSON.stringify(orderRelease(release)))
}

/** A release with its keys in the written order, whoever made it. */
export function orderRelease({version, after, migrations, ...more}: Release): Release {
  return {version, after, migrations: migrations.map(orderMigration), ...more}
}

function orderMigration({name, kind, forward, rollback, verify, ...more}: Migration<Script>) {
  return {
    name,
    kind,
    forward: orderScript(forward),
    ...(rollback && {rollback: orderScript(rollback)}),
    ...(verify && {verify: orderScript(verify)}),
    ...more,
  }
}

function orderScript(script: Script): Script {
  const {path, digest, size, transaction, lockTimeout, statementTimeout, ...more} = script
  return {
    path,
    digest,
    size,
    transaction,
    ...(lockTimeout !== undefined && {lockTimeout}),
    ...(statementTimeout !== undefined && {statementTimeout}),
    ...more,
  }
}

/** All scripts of a release, in the order in which they are packed: byte order of path. */
export function scriptsOf(release: Release): Script[] {
  return release.migrations
    .flatMap(({forward, rollback, verify}) => [forward, rollback, verify])
    .filter((script) => script !== undefined)
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
}
