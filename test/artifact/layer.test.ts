import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {gunzipSync, gzipSync} from 'node:zlib'
import {sha256} from '../../src/artifact/digest.ts'
import {packLayer} from '../../src/artifact/layer.ts'
import {openLayer} from '../../src/artifact/open-layer.ts'
import {encodeRelease, scriptsOf} from '../../src/artifact/release-json.ts'
import type {Release, ReleaseEntry} from '../../src/artifact/release.ts'
import {parseVersion} from '../../src/artifact/version.ts'
import {rejectsWith} from '../support/errors.ts'

const sql = new Map([
  ['0001_a.sql', Buffer.from('create table a ();\n')],
  ['0001_a.rollback.sql', Buffer.from('drop table a;\n')],
  ['0002_b.sql', Buffer.from("select 'é';\n")],
])

function script(path: string) {
  const bytes = sql.get(path) ?? assert.fail(path)
  return {path, digest: sha256(bytes), size: bytes.length, transaction: true}
}

const release: Release = {
  version: parseVersion('1.0.0'),
  after: [],
  migrations: [
    {
      name: '0001_a',
      kind: 'versioned',
      forward: script('0001_a.sql'),
      rollback: script('0001_a.rollback.sql'),
    },
    {name: '0002_b', kind: 'versioned', forward: script('0002_b.sql')},
  ],
}

async function packed(): Promise<{entry: ReleaseEntry; bytes: Buffer; tar: Buffer}> {
  const {bytes, digest, diffId} = await packLayer(release, sql)
  const entry = {
    ...release,
    layer: digest,
    size: bytes.length,
    diffId,
    created: '2024-01-15T10:30:00Z',
  }
  return {entry, bytes, tar: gunzipSync(bytes)}
}

/** The same release under a tar that was changed, with an entry that vouches for the change. */
async function opened(change: (tar: Buffer) => Buffer): Promise<unknown> {
  const {entry, tar} = await packed()
  const changed = change(Buffer.from(tar))
  const bytes = gzipSync(changed)
  return openLayer([bytes], {
    ...entry,
    layer: sha256(bytes),
    size: bytes.length,
    diffId: sha256(changed),
  })
}

describe('a layer', () => {
  it('has the bytes that the format fixes', async () => {
    const {bytes, tar} = await packed()
    assert.equal(
      sha256(tar),
      'sha256:e47989a9b747047a9f78f2abf03b249db05f64257df63de7f3a2feafa8344dcb',
    )
    assert.deepEqual([...bytes.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
  })

  it('is a plain tar for everybody else', async () => {
    const {bytes} = await packed()
    const listing = execFileSync('tar', ['-tvzf', '-', '--utc', '--full-time'], {
      input: bytes,
    }).toString()
    assert.deepEqual(
      listing
        .trim()
        .split('\n')
        .map((line) => line.replaceAll(/\s+/g, ' ')),
      [
        '-rw-r--r-- 0/0 14 1970-01-01 00:00:00 1.0.0/0001_a.rollback.sql',
        '-rw-r--r-- 0/0 19 1970-01-01 00:00:00 1.0.0/0001_a.sql',
        '-rw-r--r-- 0/0 13 1970-01-01 00:00:00 1.0.0/0002_b.sql',
        `-rw-r--r-- 0/0 ${encodeRelease(release).length} 1970-01-01 00:00:00 1.0.0/release.json`,
      ],
    )
  })

  it('gives back what was packed', async () => {
    const {entry, bytes} = await packed()
    const layer = await openLayer([bytes], entry)
    assert.deepEqual(layer.paths.toSorted(), [...sql.keys()].toSorted())
    for (const {path} of scriptsOf(release)) assert.deepEqual(await layer.read(path), sql.get(path))
    await layer.close()
  })

  it('is refused after any change of one bit', async () => {
    const {entry, tar} = await packed()
    for (let at = 0; at < tar.length; at += 37) {
      const changed = Buffer.from(tar)
      changed[at] = (changed[at] ?? 0) ^ 1
      await rejectsWith('INTEGRITY', () => openLayer([gzipSync(changed)], entry))
    }
  })

  it('is refused where its files are not what the config says, even if its identity is', async () => {
    await rejectsWith('INTEGRITY', () =>
      opened((tar) => {
        tar.write('drop table b;', tar.indexOf('drop table a;'))
        return tar
      }),
    )
  })

  for (const [what, change] of Object.entries<(tar: Buffer) => Buffer>({
    'bytes after its end': (tar) => Buffer.concat([tar, Buffer.alloc(512)]),
    'bytes in its padding': (tar) => {
      tar[512 + 100] = 1
      return tar
    },
    'a file mode of its own': (tar) => {
      tar.write('0000755', 100)
      return tar
    },
    'a link': (tar) => {
      tar.write('2', 156)
      return tar
    },
    'a path that leaves it': (tar) => {
      tar.write('../../etc/passwd\0', 0)
      return tar
    },
    'no end': (tar) => tar.subarray(0, -512),
    'an end in the middle of a file': (tar) => tar.subarray(0, 700),
  })) {
    it(`is refused with ${what}`, async () => {
      await rejectsWith('INTEGRITY', () => opened(change))
    })
  }

  it('is unpacked no further than its config says', async () => {
    const {entry} = await packed()
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const before = process.memoryUsage().rss
    await rejectsWith('INTEGRITY', () =>
      openLayer([bomb], {...entry, size: bomb.length, layer: sha256(bomb)}),
    )
    assert.ok(process.memoryUsage().rss - before < 32 * 1024 * 1024)
  })

  it('is too large above the limit, before anything is unpacked', async () => {
    const {entry, bytes} = await packed()
    const [first, ...rest] = entry.migrations
    const huge = first && {...first, forward: {...first.forward, size: 600 * 1024 * 1024}}
    await rejectsWith('TOO_LARGE', () =>
      openLayer([bytes], {...entry, migrations: huge ? [huge, ...rest] : rest}),
    )
  })
})
