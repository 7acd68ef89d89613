import assert from 'node:assert/strict'
import {access, cp, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {withShell, type Shell} from '../cli/built.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import {withLosableRegistry} from '../support/lost-registry.ts'
import {
  inBucket,
  inFolder,
  inRegistry,
  machineAt,
  type Losable,
  type Place,
} from '../support/places.ts'
import {describeWith, service} from '../support/services.ts'

const versions = ['1.0.0', '1.1.0'] as const

/**
 * Two releases are pushed, applied and exported. Then the storage is lost, and so is every machine: only the files and
 * the databases are left. Each file restores its version on a machine that has no other file.
 */
async function disaster(from: Losable, to: Place): Promise<void> {
  await withDatabases(async (ahead, behind) => {
    await withShell(async (backups) => {
      const digests = await lifeBefore(from, backups, ahead, behind)
      await from.lose()
      await assert.rejects(from.digestOf('1.0.0'))

      for (const version of versions) await restore(version, from, to, backups)
      for (const [index, version] of versions.entries()) {
        assert.equal(await to.digestOf(version), digests[index])
      }
      assert.equal(await to.digestOf('latest'), digests[1])
      await lifeAfter(to, ahead, behind)
    })
  })
}

const withDatabases = (story: (ahead: string, behind: string) => Promise<void>) =>
  withTestDatabase('postgres15', (ahead) =>
    withTestDatabase('postgres15', (behind) => story(ahead, behind)),
  )

/** @returns the digest of each version, as the storage itself says it. */
async function lifeBefore(
  from: Place,
  backups: Shell,
  ahead: string,
  behind: string,
): Promise<readonly string[]> {
  await withShell(async (dev) => {
    const squizzle = await machineAt(dev, from)
    await dev.write({'db/migrations/0001_a.sql': 'create table a ();\n'})
    await squizzle('build 1.0.0')
    await squizzle('push 1.0.0')
    await squizzle('apply', {DATABASE_URL: behind})
    await dev.write({
      'db/migrations/0002_b.sql': 'create table b ();\n',
      'db/migrations/0002_b.rollback.sql': 'drop table b;\n',
    })
    await squizzle('build 1.1.0')
    await squizzle('push 1.1.0')
    await squizzle('apply', {DATABASE_URL: ahead})
  })
  const ops = await machineAt(backups, from)
  await ops('export --all --output backups/')
  await rm(join(backups.folder, '.squizzle'), {recursive: true})
  return Promise.all(versions.map(from.digestOf))
}

/** On a machine that is new, and still configured for the place that was lost. */
async function restore(version: string, from: Place, to: Place, backups: Shell): Promise<void> {
  await withShell(async (rescue) => {
    const squizzle = await machineAt(rescue, from, to.env)
    const file = `backups/squizzle-v${version}.tar.gz`
    await rescue.write({[file]: ''})
    await cp(join(backups.folder, file), join(rescue.folder, file))
    await squizzle(`import ${file}`)
    await squizzle(`push ${version} ${to.flags}`)
  })
}

/** The databases go on as if nothing had happened. */
async function lifeAfter(to: Place, ahead: string, behind: string): Promise<void> {
  await withShell(async (dev) => {
    const squizzle = await machineAt(dev, to)
    const before = await ledgerOf(ahead)
    assert.match(await squizzle('apply', {DATABASE_URL: ahead}), /is up to date, at 1\.1\.0$/m)
    await squizzle('status --exit-code', {DATABASE_URL: ahead})
    assert.deepEqual(await ledgerOf(ahead), before)

    await dev.write({
      'db/migrations/0001_a.sql': 'create table a ();\n',
      'db/migrations/0002_b.sql': 'create table b ();\n',
      'db/migrations/0002_b.rollback.sql': 'drop table b;\n',
      'db/migrations/0003_c.sql': 'create table c ();\n',
    })
    assert.match(await squizzle('build 1.2.0'), /^Built on 1\.1\.0$/m)
    await squizzle('push 1.2.0')
    assert.match(await squizzle('apply', {DATABASE_URL: ahead}), /^Applied 1\.2\.0$/m)
    assert.match(await squizzle('apply', {DATABASE_URL: behind}), /^Applied 1\.1\.0, 1\.2\.0$/m)
    for (const url of [ahead, behind]) assert.deepEqual(await tablesOf(url), ['a', 'b', 'c'])
  })
}

const ledgerOf = (url: string) =>
  withClient(url, async (client) => {
    const {rows} = await client.query(
      'select version, diff_id, manifest, (select count(*) from squizzle.events) as events from squizzle.releases order by position',
    )
    return rows
  })

const tablesOf = (url: string) =>
  withClient(url, async (client) => {
    const {rows} = await client.query(
      "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
    )
    return rows.map(({relname}) => relname)
  })

const needs = ['docker-registry', 'oras', 'postgres15'] as const

describeWith([...needs, 'registry'], 'a registry that is lost with its disk', () => {
  it('is restored from exported files to another registry', () =>
    withLosableRegistry(async ({address, data, lose}) => {
      const from = inRegistry(address, 'myorg/shop')
      const loss = async () => {
        await access(data)
        await lose()
        await assert.rejects(access(data), {code: 'ENOENT'})
      }
      const to = inRegistry(service('registry').address, `restored/shop-${process.pid}`)
      await disaster({...from, lose: loss}, to)
    })).timeout(120_000)
})

describeWith([...needs, 's3'], 'a registry that is lost with its disk', () => {
  it('is restored from exported files to S3', () =>
    withLosableRegistry(async ({address, lose}) => {
      await disaster({...inRegistry(address, 'myorg/shop'), lose}, await inBucket())
    })).timeout(120_000)
})

describeWith(['postgres15', 's3', 'oras'], 'a bucket that is lost', () => {
  it('is restored from exported files to a folder', () =>
    withShell(async ({folder}) => {
      await disaster(await inBucket(), inFolder(join(folder, 'artifacts')))
    })).timeout(120_000)
})
