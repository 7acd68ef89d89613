import assert from 'node:assert/strict'
import {apply} from '../../../test/database/support/apply.ts'
import {service} from '../../../test/support/services.ts'
import {Fault} from '../figure.ts'
import type {Figure, Torture} from '../figure.ts'
import {withAppliers} from '../support/appliers.ts'
import type {Answer} from '../support/appliers.ts'
import {withCopy} from '../support/databases.ts'
import {built} from '../support/product.ts'
import {reference, rowsReference} from '../support/reference.ts'
import {leftovers, stateOf} from '../support/state.ts'
import {withUnlockedBuild} from '../support/unlocked.ts'

const orphans = 'orphan locks'

const shared = {
  runs: 'rounds of ten processes',
  least: {short: 10, long: 200},
} as const

/** Ten processes apply the same releases to one database at once. */
export const appliers: Figure = {
  ...shared,
  name: 'appliers',
  faults: ['rounds in which a migration did not run exactly once', orphans],
  torture: (torture) => {
    const {url} = service('postgres15')
    return crowd(torture, {admin: url, through: url, build: built, transactional: false})
  },
}

/** The same behind PgBouncer, which gives each transaction another connection. */
export const appliersPooled: Figure = {
  ...shared,
  name: 'appliers-pooled',
  faults: appliers.faults,
  torture: (torture) => {
    const {url, directUrl} = service('pgbouncer')
    return crowd(torture, {admin: directUrl, through: url, build: built, transactional: true})
  },
}

/** The same with a build that takes no lock: only the ledger keeps them apart. Some may fail, but nothing runs twice. */
export const appliersUnlocked: Figure = {
  ...shared,
  name: 'appliers-unlocked',
  faults: ['rounds in which a migration ran twice or not at all', orphans],
  torture: async (torture) => {
    let [failed, late] = [0, 0]
    await withUnlockedBuild((build) => {
      const {url} = service('postgres15')
      const place = {admin: url, through: url, build, transactional: true}
      return crowd(torture, place, (answers) => {
        failed += answers.filter((answer) => 'failed' in answer).length
        late += answers.filter((answer) => 'skipped' in answer && answer.skipped.length > 0).length
      })
    })
    torture.note(`${failed} runs failed, ${late} found a release done that they had planned`)
  },
}

interface Place {
  /** Where databases can be made. */
  readonly admin: string
  readonly through: string
  readonly build: string
  readonly transactional: boolean
}

const processes = 10

async function crowd(
  {form, run}: Torture,
  {admin, through, build, transactional}: Place,
  judge: (answers: readonly Answer[]) => void = allSucceed,
): Promise<void> {
  const artifact = transactional ? rowsReference : reference
  const clean = await withCopy(admin, undefined, async (url) => {
    await apply(url, artifact)
    return stateOf(url)
  })
  await withAppliers(processes, build, async (together) => {
    for (let round = 1; round <= shared.least[form]; round += 1) {
      await run(`round ${round}`, () =>
        withCopy(admin, undefined, async (url) => {
          const way = Object.assign(new URL(through), {pathname: new URL(url).pathname})
          const answers = await together({url: way.href, transactional})
          judge(answers)
          const applied = answers.flatMap((answer) => ('applied' in answer ? answer.applied : []))
          assert.equal(await stateOf(url), clean)
          assert.equal(new Set(applied).size, applied.length, 'two say that they applied a release')
          const left = await leftovers(url)
          if (left.length > 0) throw new Fault(orphans, JSON.stringify(left))
        }),
      )
    }
  })
}

function allSucceed(answers: readonly Answer[]): void {
  const failures = answers.flatMap((answer) => ('failed' in answer ? [answer.failed] : []))
  assert.deepEqual(failures, [])
}
