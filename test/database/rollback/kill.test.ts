import assert from 'node:assert/strict'
import {apply, failureOf, ledgerOf} from '../support/apply.ts'
import {describeEngines, withEngine} from '../support/engines.ts'
import type {TestDatabase} from '../support/engines.ts'
import {killedArtifact} from '../support/killed-artifact.ts'
import {checkTruth, runAndDie} from '../support/killed-run.ts'
import {rollback} from '../support/rollback.ts'

const versionsOf = async (url: string) =>
  (await ledgerOf(url)).releases.map(({version, state}) => `${version} ${state}`)

/** The same command again ends where the first would have. */
async function checkBack(database: TestDatabase): Promise<void> {
  await rollback(database.url, killedArtifact, {to: '1.0.0', waitLock: 20})
  await checkTruth(database)
  assert.deepEqual(await versionsOf(database.url), ['1.0.0 applied'])
}

/** The other direction is open too, but in the middle of a rollback script outside transactions. */
async function checkForward(database: TestDatabase): Promise<'forward' | 'back'> {
  const {url} = database
  const undoing = (await ledgerOf(url)).releases.some(({migrations}) =>
    migrations.some(({state}) => state === 'undoing'),
  )
  if (undoing) {
    const error = await failureOf(apply(url, killedArtifact, {waitLock: 20}))
    assert.equal(error.code, 'UNRESOLVED')
    assert.match(error.hint ?? '', /squizzle rollback/)
    await checkBack(database)
    return 'back'
  }
  await apply(url, killedArtifact, {waitLock: 20})
  await checkTruth(database)
  assert.deepEqual(await versionsOf(url), ['1.0.0 applied', '1.1.0 applied'])
  return 'forward'
}

describeEngines('a rollback killed at a report', (engine) => {
  for (const mode of engine === 'postgres15' ? ['release', 'migration'] : ['release']) {
    // every point once; elsewhere some
    const stride = engine === 'postgres15' && mode === 'release' ? 1 : 7
    it(`is finished by the same command, and forward by apply: ${mode}`, async function () {
      this.timeout(240_000)
      const total = await withEngine(engine, async ({url}) => {
        await apply(url, killedArtifact)
        return runAndDie(url, 'rollback', mode, 0)
      })
      assert.ok(total !== undefined && total > 15, `${total} reports`)
      const ways = new Set<string>()
      for (let at = 1; at <= total; at += stride) {
        await withEngine(engine, async (database) => {
          await apply(database.url, killedArtifact)
          assert.equal(await runAndDie(database.url, 'rollback', mode, at), undefined)
          await checkTruth(database)
          if (at % 2 === 0) ways.add(await checkForward(database))
          else await checkBack(database)
        })
      }
      if (stride === 1) assert.deepEqual([...ways].toSorted(), ['back', 'forward'])
    })
  }
})
