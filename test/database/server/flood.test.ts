import assert from 'node:assert/strict'
import {fileURLToPath} from 'node:url'
import {withTestDatabase} from '../../support/database.ts'
import {run} from '../../support/run.ts'
import {describeWith} from '../../support/services.ts'
import {ledgerOf} from '../support/apply.ts'

const program = fileURLToPath(new URL('../support/flood-program.ts', import.meta.url))

/** Bytes that an apply of a script takes at most, in a process that may keep little. */
function memoryOf(sql: string): Promise<number> {
  return withTestDatabase('postgres15', async (url) => {
    const {exitCode, stdout, stderr} = await run(process.execPath, [
      '--max-old-space-size=64',
      program,
      url,
      sql,
    ])
    assert.equal(exitCode, 0, stderr)
    assert.equal((await ledgerOf(url)).releases[0]?.state, 'applied')
    return Number(stdout)
  })
}

describeWith(['postgres15'], 'a script that answers with a flood', () => {
  for (const [what, sql] of [
    ['ten million rows', 'select generate_series(1, 10000000)'],
    [
      'a million notices',
      "do $$ begin for i in 1..1000000 loop raise notice '% %', i, repeat('x', 100); end loop; end $$",
    ],
    ['a hundred megabytes in one row', "select repeat('x', 100000000)"],
  ] as const) {
    it(`takes little memory: ${what}`, async () => {
      const quiet = await memoryOf('select 1')
      const grown = ((await memoryOf(sql)) - quiet) / 1e6
      // a row arrives whole, and its buffer is grown by doubling
      const bound = what.endsWith('row') ? 500 : 120
      assert.ok(grown < bound, `${Math.round(grown)} MB more than ${Math.round(quiet / 1e6)} MB`)
    }).timeout(180_000)
  }
})
