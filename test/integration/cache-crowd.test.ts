import assert from 'node:assert/strict'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {squizzle} from '../cli/program.ts'
import {withTestDatabase} from '../support/database.ts'
import {withWorld} from '../support/project.ts'
import {run} from '../support/run.ts'
import {describeWith, tool} from '../support/services.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

describeWith(['postgres15', 'psql'], 'one cache and many processes', () => {
  it('serves pulls and applies that go on while others prune and clear it', () =>
    withTestDatabase('postgres15', (one) =>
      withTestDatabase('postgres15', (other) =>
        withWorld(async ({machine, artifacts}) => {
          const dev = await machine('dev')
          await dev.release('1.0.0', {'0001_a.sql': 'create table a ();'})
          await dev.release('1.1.0', {'0002_b.sql': 'create table b ();'})
          await dev.release('1.2.0', {'0003_c.sql': 'create table c ();'})
          const {folder} = await machine('crowd')
          const ok = async (args: string, DATABASE_URL = one) => {
            const words = [
              ...args.split(' '),
              ...(args.startsWith('cache') ? [] : ['--storage', `file:${artifacts}`]),
            ]
            const env = {DATABASE_URL, SQUIZZLE_CACHE_DIR: join(folder, '.squizzle')}
            const {exitCode, stderr} = await squizzle(words, {script: bin, cwd: folder, env})
            assert.equal(exitCode, 0, `${args}: ${stderr}`)
          }
          const over = new AbortController()
          const cleaner = (async () => {
            for (let round = 0; !over.signal.aborted; round++) {
              await ok(round % 2 === 0 ? 'cache prune --keep 0' : 'cache clear')
            }
          })()
          const crowd = ['1.0.0', '1.1.0', '1.2.0'].flatMap((version) => [
            ok(`pull ${version}`),
            ok(`pull ${version}`),
            ok(`pull ${version} --output ${join(folder, `sql-${version}`)}`),
          ])
          try {
            await Promise.all([...crowd, ok('apply', one), ok('apply', other)])
          } finally {
            over.abort()
            await cleaner
          }
          for (const url of [one, other]) {
            const {stdout} = await run(tool('psql'), [
              '--no-psqlrc',
              '--tuples-only',
              '--no-align',
              '--dbname',
              url,
              '--command',
              "select relname from pg_class where relname in ('a', 'b', 'c') order by 1",
            ])
            assert.equal(stdout, 'a\nb\nc\n')
          }
        }),
      ),
    )).timeout(120_000)
})
