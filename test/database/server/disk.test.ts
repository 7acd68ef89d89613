import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {giveToServer} from '../../../scripts/services.d/owner.ts'
import {withClient} from '../../support/database.ts'
import {describeWith, postgresServers, service} from '../../support/services.ts'
import {apply, failureOf, ledgerOf} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {withEngine} from '../support/engines.ts'

/** Runs the work with a tablespace on a disk of that size, and what gives it more. */
async function withSmallDisk(
  url: string,
  size: string,
  work: (tablespace: string, resize: (size: string) => void) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'squizzle-disk-'))
  const tablespace = `small_${randomBytes(4).toString('hex')}`
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
  try {
    giveToServer(folder)
    await withClient(url, (client) =>
      client.query(`create tablespace ${tablespace} location '${folder}'`),
    )
    try {
      await work(tablespace, (more) =>
        execFileSync('mount', ['-o', `remount,size=${more}`, folder]),
      )
    } finally {
      await withClient(url, (client) => client.query(`drop tablespace ${tablespace}`))
    }
  } finally {
    execFileSync('umount', ['--lazy', folder])
    await rm(folder, {recursive: true})
  }
}

for (const server of postgresServers) {
  describeWith([server, 'mount'], `a full disk (${server})`, () => {
    it('fails a release as a whole, says so, and is no more in the way once there is room', () =>
      withSmallDisk(service(server).url, '8m', (tablespace, resize) =>
        withEngine(server, async ({url, ask}) => {
          const shop = artifact([
            {version: '1.0.0', files: {a: 'create table a ()'}},
            {
              version: '1.1.0',
              files: {
                b: 'create table b ()',
                big: `create table big (t text) tablespace ${tablespace};\ninsert into big select repeat('x', 1000) from generate_series(1, 20000)`,
              },
            },
          ])
          const error = await failureOf(apply(url, shop))
          assert.equal(error.code, 'MIGRATION_FAILED')
          assert.match(error.message, /^1\.1\.0\/big\.sql:2:1: .*No space left on device/)
          assert.equal(error.details['sqlstate'], '53100')
          assert.equal(
            error.hint,
            "Rolled back: the database is still at 1.0.0. The server's disk is full: make room, then run the same command again.",
          )
          assert.equal((await ledgerOf(url)).releases.length, 1)
          assert.deepEqual(await ask("select from pg_class where relname in ('b', 'big')"), [])
          resize('64m')
          assert.deepEqual((await apply(url, shop)).applied, ['1.1.0'])
          await ask('drop table big; select 1')
        }),
      )).timeout(180_000)
  })
}
