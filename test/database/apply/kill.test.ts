import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {withClient} from '../../support/database.ts'
import {apply, ledgerOf} from '../support/apply.ts'
import {describeEngines, describePostgres, withEngine} from '../support/engines.ts'
import type {TestDatabase} from '../support/engines.ts'
import {killedArtifact} from '../support/killed-artifact.ts'
import {checkTruth, runAndDie} from '../support/killed-run.ts'

/** A plain re-run finishes. */
async function checkRerun(database: TestDatabase): Promise<void> {
  const {url} = database
  await apply(url, killedArtifact, {waitLock: 20})
  await checkTruth(database)
  const {releases} = await ledgerOf(url)
  assert.deepEqual(
    releases.map(({state}) => state),
    ['applied', 'applied'],
  )
}

describeEngines('a run killed at a report', (engine) => {
  for (const mode of engine === 'postgres15' ? ['release', 'migration'] : ['release']) {
    // every point once; elsewhere some
    const every = engine === 'postgres15' && mode === 'release'
    const stride = every ? 1 : 13
    it(`is finished by a plain re-run: ${mode}`, async function () {
      this.timeout(180_000)
      const total = await withEngine(engine, ({url}) => runAndDie(url, 'apply', mode, 0))
      assert.ok(total !== undefined && total > 20, `${total} reports`)
      for (let at = 1; at <= total; at += stride) {
        await withEngine(engine, async (database) => {
          assert.equal(await runAndDie(database.url, 'apply', mode, at), undefined)
          await checkTruth(database)
          await checkRerun(database)
        })
      }
    })
  }
})

describePostgres('a run killed inside a long statement', (engine) => {
  it('leaves the lock within two seconds', async () => {
    await withEngine(engine, async ({url}) => {
      const sleeper = join(import.meta.dirname, '../support/sleep-program.ts')
      const run = promisify(execFile)(process.execPath, [sleeper, url])
      const killed = assert.rejects(run, {signal: 'SIGKILL'})
      const asleep =
        "select pid from pg_stat_activity where wait_event = 'PgSleep' and pid <> pg_backend_pid() and datname = current_database()"
      await withClient(url, async (client) => {
        while ((await client.query(asleep)).rowCount === 0);
        run.child.kill('SIGKILL')
        const began = performance.now()
        while (((await client.query(asleep)).rowCount ?? 0) > 0);
        assert.ok(performance.now() - began < 2000, `${performance.now() - began} ms`)
      })
      await killed
    })
  })
})
