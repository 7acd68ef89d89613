import assert from 'node:assert/strict'
import {readdir, utimes} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {openS3Storage} from '../../src/storage/s3/storage.ts'
import {openCache} from '../../src/storage/workspace/cache.ts'
import {withShell, type Shell} from '../cli/built.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import {inBucket, inFolder, inRegistry, machineAt, type Place} from '../support/places.ts'
import {run} from '../support/run.ts'
import {environmentOf, objectsIn} from '../support/s3.ts'
import {describeWith, service, tool} from '../support/services.ts'
import {startScriptedRegistry, status} from '../storage/oci/support/scripted-registry.ts'

/** A place that takes away what nothing refers to, in the way of its kind. */
interface Swept extends Place {
  readonly sweep: (prune: (args: string) => Promise<string>) => Promise<void>
  /** Hexes of all blobs, as the place itself has them. */
  readonly blobs: () => Promise<readonly string[]>
}

const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0', '1.5.0']

/**
 * Six releases, production at an old one, a database at an older one. All but the newest are removed, and what nothing
 * refers to then; machines and caches are new after that.
 */
async function retention(place: Swept): Promise<void> {
  await withTestDatabase('postgres15', (fresh) =>
    withTestDatabase('postgres15', async (old) => {
      await withShell((dev) => sixReleases(dev, place, old))
      await withShell(async (keeper) => {
        const squizzle = await machineAt(keeper, place)
        const before = await place.blobs()
        const pruned = await squizzle('prune --keep 1')
        assert.match(pruned, /^Removed 1\.4\.0, 1\.3\.0, 1\.1\.0, 1\.0\.0$/m)
        assert.match(pruned, /^Kept 1\.2\.0: production names it$/m)
        await place.sweep(squizzle)
        // the manifest and the config of four versions; no layer
        assert.equal((await place.blobs()).length, before.length - 8)
      })
      for (const gone of ['1.0.0', '1.1.0', '1.3.0', '1.4.0']) {
        await assert.rejects(place.digestOf(gone))
      }
      assert.equal(await place.digestOf('production'), await place.digestOf('1.2.0'))
      await withShell((ops) => lifeAfter(ops, place, fresh, old))
    }),
  )
}

async function sixReleases(dev: Shell, place: Place, old: string): Promise<void> {
  const squizzle = await machineAt(dev, place)
  for (const [index, version] of versions.entries()) {
    await dev.write(migration(index))
    await squizzle(`build ${version}`)
    await squizzle(`push ${version}`)
    if (version === '1.1.0') await squizzle('apply 1.1.0', {DATABASE_URL: old})
  }
  await squizzle('tag 1.2.0 production')
}

function migration(index: number): Record<string, string> {
  return {
    [`db/migrations/000${index}_t.sql`]: `create table t${index} ();\n`,
    [`db/migrations/000${index}_t.rollback.sql`]: `drop table t${index};\n`,
  }
}

async function lifeAfter(ops: Shell, place: Place, fresh: string, old: string): Promise<void> {
  const squizzle = await machineAt(ops, place)
  const all = versions.map((_, index) => `t${index}`)
  const applied = await squizzle('apply', {DATABASE_URL: fresh})
  assert.match(applied, new RegExp(`^Applied ${versions.join(', ')}$`, 'm'))
  assert.deepEqual(await tablesOf(fresh), all)

  // whose artifact is gone, and whose SQL is in newer ones
  await squizzle('rollback', {DATABASE_URL: old})
  assert.deepEqual(await tablesOf(old), ['t0'])
  await squizzle('apply production', {DATABASE_URL: old})
  assert.deepEqual(await tablesOf(old), ['t0', 't1', 't2'])
  const rest = await squizzle('apply', {DATABASE_URL: old})
  assert.match(rest, /^Applied 1\.3\.0, 1\.4\.0, 1\.5\.0$/m)
  assert.deepEqual(await tablesOf(old), all)
  await squizzle('rollback --to 1.0.0', {DATABASE_URL: fresh})
  assert.deepEqual(await tablesOf(fresh), ['t0'])

  for (const index of versions.keys()) await ops.write(migration(index))
  await ops.write(migration(versions.length))
  const built = await squizzle('build 1.6.0')
  assert.match(built, /^Built on 1\.5\.0$/m)
  assert.match(built, /: 1 new migration$/m)
}

const tablesOf = (url: string) =>
  withClient(url, async (client) => {
    const {rows} = await client.query<{relname: string}>(
      "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
    )
    return rows.map(({relname}) => relname)
  })

describeWith(['postgres15', 'registry', 'oras'], 'retention in a registry', () => {
  it("loses no SQL, also after the registry's garbage collection", () => {
    const {address, program, config, data} = service('registry')
    const repository = `retention-${process.pid}/shop`
    const links = join(data, 'docker/registry/v2/repositories', repository)
    const blobsOf = async (...path: string[]) =>
      readdir(join(links, ...path, 'sha256')).catch((): string[] => [])
    return retention({
      ...inRegistry(address, repository),
      // layers and configs are linked for good; what is behind a link may be gone
      blobs: async () => {
        const hexes = [...(await blobsOf('_layers')), ...(await blobsOf('_manifests/revisions'))]
        const found: string[] = []
        for (const hex of new Set(hexes)) {
          const folder = join(data, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex)
          if ((await readdir(folder).catch((): string[] => [])).includes('data')) found.push(hex)
        }
        return found
      },
      sweep: async () => {
        const {exitCode, stderr} = await run(program, ['garbage-collect', config])
        assert.equal(exitCode, 0, stderr)
      },
    })
  }).timeout(180_000)
})

describeWith(['postgres15', 's3', 'oras'], 'retention in S3', () => {
  it('loses no SQL, also after unused blobs are removed', async () => {
    const place = await inBucket()
    const {config} = place.storage as {config: {bucket: string}}
    const env = environmentOf(service('s3').user)
    await retention({
      ...place,
      blobs: async () =>
        Object.keys(await objectsIn(config.bucket)).filter((key) => key.includes('/blobs/')),
      // objects of S3 can't be made older: what the command would do tomorrow is done by its storage now
      sweep: async (prune) => {
        assert.match(await prune('prune --keep 1 --blobs'), /^Removed 0 unused blobs/m)
        await withShell(async ({folder}) => {
          const context = {root: '/', env, stateDir: folder, warn: assert.fail}
          const storage = await openS3Storage(config, context)
          const options = {olderThan: 0, dryRun: false, withoutTags: [], cache: openCache(folder)}
          await storage.removeUnused?.(options)
        })
      },
    })
  }).timeout(180_000)
})

describeWith(['postgres15', 'oras'], 'retention in a folder', () => {
  it('loses no SQL, also after unused blobs are removed', () =>
    withShell(async ({folder}) => {
      const artifacts = join(folder, 'artifacts')
      const blobs = join(artifacts, 'blobs/sha256')
      await retention({
        ...inFolder(artifacts),
        blobs: () => readdir(blobs),
        sweep: async (prune) => {
          assert.match(await prune('prune --keep 1 --blobs'), /^Removed 0 unused blobs/m)
          const then = new Date(Date.now() - 2 * 86_400_000)
          for (const name of await readdir(blobs)) await utimes(join(blobs, name), then, then)
          assert.match(await prune('prune --keep 1 --blobs'), /^Removed 8 unused blobs/m)
        },
      })
    })).timeout(180_000)
})

/** Three releases in the repository, and what a prune ends with. */
const pruned = async (registry: string, repository: string, flags: string) => {
  let outcome: Awaited<ReturnType<Shell['run']>> | undefined
  await withShell(async (dev) => {
    const squizzle = await machineAt(dev, inRegistry(registry, repository))
    for (const [index, version] of ['1.0.0', '1.1.0', '1.2.0'].entries()) {
      await dev.write(migration(index))
      await squizzle(`build ${version}`)
      await squizzle(`push ${version}`)
    }
    const PATH = `${dirname(tool('oras'))}:${process.env['PATH']}`
    outcome = await dev.run(`prune --keep 1${flags}`, {PATH})
  })
  return outcome ?? assert.fail()
}

describeWith(['registry', 'registry-write-once', 'oras', 'crane'], 'a registry', () => {
  const tagsIn = async (repository: string) =>
    (await run(tool('crane'), ['ls', '--insecure', repository])).stdout
      .trim()
      .split('\n')
      .toSorted()

  it('removes blobs itself, which is said before anything is removed', async () => {
    const {address} = service('registry')
    const repository = `blobs-${process.pid}/shop`
    const {exitCode, stderr} = await pruned(address, repository, ' --blobs')
    assert.equal(exitCode, 2)
    assert.match(stderr, /^Error: the blobs of oci:\/\/.* are not squizzle's to remove$/m)
    assert.match(stderr, /the registry's own garbage collection/)
    assert.deepEqual(await tagsIn(`${address}/${repository}`), [
      '1.0.0',
      '1.1.0',
      '1.2.0',
      'latest',
    ])
  })

  it('that keeps its tags for good is left as it is, and its own way named', async () => {
    const {address} = service('registry-write-once')
    const repository = `locked/prune-${process.pid}`
    const {exitCode, stderr} = await pruned(address, repository, '')
    assert.equal(exitCode, 4, stderr)
    assert.match(stderr, /^Error: permission denied$/m)
    assert.match(stderr, /may keep its tags for good: .*use the registry's own interface\.$/m)
    assert.deepEqual(await tagsIn(`${address}/${repository}`), [
      '1.0.0',
      '1.1.0',
      '1.2.0',
      'latest',
    ])
  })
})

describeWith(['oras'], 'a registry that deletes nothing for its clients', () => {
  it('is left as it is, exit code 2, and its own way named', async () => {
    await using registry = await startScriptedRegistry()
    registry.on(/^DELETE/, status(405, {code: 'UNSUPPORTED', message: 'unsupported'}))
    const {exitCode, stderr} = await pruned(registry.host, 'shop', '')
    assert.equal(exitCode, 2, stderr)
    assert.match(stderr, /^Error: .* does not delete .*:1\.1\.0 for its clients$/m)
    assert.match(stderr, /storage\.delete\.enabled.*use the registry's own interface/)
    const tags = [...registry.repository('shop').tags.keys()]
    assert.deepEqual(tags.toSorted(), ['1.0.0', '1.1.0', '1.2.0', 'latest'])
  })
})
