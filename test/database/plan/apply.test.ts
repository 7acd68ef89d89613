import assert from 'node:assert/strict'
import {needsDirectConnection, planApply} from '../../../src/database/plan/plan.ts'
import type {ApplyPlan} from '../../../src/database/plan/plan.ts'
import {artifact} from '../support/artifact.ts'
import {absentLedger, ledgerWith, recorded} from '../support/ledger.ts'

const first = {
  version: '1.0.0',
  files: {'0001_a': 'create table a ()', '0002_b': 'create table b ()'},
}
const second = {version: '1.1.0', files: {'0003_c': 'create table c ()'}}
const third = {version: '1.2.0', files: {'0004_d': 'create table d ()'}}
const hotfix = {version: '1.0.1', after: ['1.0.0'], files: {'0100_fix': 'select 1'}}
const {config} = artifact([first, second, third])

const versions = ({releases}: ApplyPlan) => releases.map(({release}) => release.version)

const segments = ({releases}: ApplyPlan) =>
  releases[0]?.segments.map(({migrations}) => migrations.map(({migration}) => migration.name))

describe('the plan of an apply', () => {
  it('is everything for a database without a ledger', () => {
    const plan = planApply(config, absentLedger)
    assert.deepEqual(versions(plan), ['1.0.0', '1.1.0', '1.2.0'])
    assert.deepEqual(
      plan.releases.map(({position}) => position),
      [1, 2, 3],
    )
    assert.equal(plan.from, undefined)
    assert.equal(plan.to, '1.2.0')
  })

  it('is the rest for one that has some of it', () => {
    const plan = planApply(config, ledgerWith(config, ['1.0.0']))
    assert.deepEqual(versions(plan), ['1.1.0', '1.2.0'])
    assert.deepEqual(
      plan.releases.map(({position}) => position),
      [2, 3],
    )
    assert.equal(plan.from, '1.0.0')
  })

  it('is nothing for one that has it all', () => {
    assert.deepEqual(versions(planApply(config, ledgerWith(config))), [])
  })

  it('is only what a line lacks where a build has merged two', () => {
    const merged = artifact([
      first,
      {...second, after: ['1.0.0']},
      hotfix,
      {...third, after: ['1.1.0', '1.0.1']},
    ]).config
    const production = ledgerWith(merged, ['1.0.0', '1.0.1'])
    const staging = ledgerWith(merged, ['1.0.0', '1.1.0'])
    assert.deepEqual(versions(planApply(merged, production)), ['1.1.0', '1.2.0'])
    assert.deepEqual(versions(planApply(merged, staging)), ['1.0.1', '1.2.0'])
  })

  it('refuses an artifact of another project', () => {
    const other = artifact([first], 'billing').config
    assert.throws(() => planApply(other, ledgerWith(config)), {code: 'OTHER_PROJECT'})
  })

  it('refuses a database with objects and no ledger, unless told that they do not matter', () => {
    const ledger = {...absentLedger, occupants: ['public.orders']}
    assert.throws(() => planApply(config, ledger), {
      code: 'DATABASE_NOT_EMPTY',
      message: /public\.orders/,
    })
    assert.equal(planApply(config, ledger, {allowNonempty: true}).releases.length, 3)
  })

  it('tells a version with other content from everything else', () => {
    const rebuilt = artifact([first, {...second, salt: 'again'}]).config
    assert.throws(() => planApply(rebuilt, ledgerWith(config)), {
      code: 'DIVERGED',
      message: /1\.1\.0/,
    })
  })

  it('takes versions that differ in their build only as one', () => {
    const a = artifact([first, {...second, version: '1.1.0+a'}]).config
    const b = artifact([first, {...second, version: '1.1.0+b'}]).config
    assert.throws(() => planApply(b, ledgerWith(a)), {code: 'DIVERGED'})
  })

  it('says that a database is ahead, which may be wanted', () => {
    const older = artifact([first]).config
    const ledger = ledgerWith(config)
    assert.throws(() => planApply(older, ledger), {
      code: 'DATABASE_AHEAD',
      message: /1\.2\.0.*1\.0\.0/,
    })
    const plan = planApply(older, ledger, {allowAhead: true})
    assert.deepEqual([plan.releases, plan.ahead, plan.to], [[], ['1.1.0', '1.2.0'], '1.2.0'])
  })

  it('names the version to merge for another line, whatever is allowed', () => {
    const production = ledgerWith(artifact([first, hotfix]).config)
    assert.throws(() => planApply(config, production, {allowAhead: true}), {
      code: 'OTHER_LINE',
      hint: /--merge 1\.0\.1/,
    })
  })

  it('proposes to roll a pre-release back, or to build on it', () => {
    const candidate = ledgerWith(artifact([first, {...second, version: '1.1.0-rc.1'}]).config)
    assert.throws(() => planApply(config, candidate), {
      code: 'OTHER_LINE',
      hint: /Roll 1\.1\.0-rc\.1 back.*--base 1\.1\.0-rc\.1/,
    })
  })

  it('refuses a ledger in an order that no run can have made', () => {
    const ledger = ledgerWith(config, ['1.1.0', '1.0.0'])
    assert.throws(() => planApply(config, ledger), {
      code: 'DIVERGED',
      message: /1\.1\.0 without 1\.0\.0/,
    })
  })

  it('has neighbouring scripts share a transaction, and each of the others stand alone', () => {
    const concurrent = {sql: 'create index concurrently i on a (x)', transaction: false}
    const {config: mixed} = artifact([
      {version: '1.0.0', files: {a: 'select 1', b: 'select 2', c: concurrent, d: 'select 3'}},
    ])
    const plan = planApply(mixed, absentLedger)
    assert.deepEqual(segments(plan), [['a', 'b'], ['c'], ['d']])
    assert.equal(plan.releases[0]?.kind, 'resumable')
    assert.ok(needsDirectConnection(plan))
    const single = planApply(mixed, absentLedger, {transaction: 'migration'})
    assert.deepEqual(segments(single), [['a'], ['b'], ['c'], ['d']])
    const atomic = planApply(config, absentLedger)
    assert.deepEqual(
      atomic.releases.map(({kind}) => kind),
      ['atomic', 'atomic', 'atomic'],
    )
    assert.ok(!needsDirectConnection(atomic))
  })
})

describe('a release that is not finished', () => {
  const concurrent = {sql: 'vacuum a; vacuum b', transaction: false, cuts: ['vacuum b']}
  const {config: resumable} = artifact([
    {version: '1.0.0', files: {a: 'select 1', b: concurrent, c: 'select 3'}},
  ])
  const [entry] = resumable.releases
  if (entry === undefined) throw new Error('no release')
  const partly = (done: number) => recorded(entry, 1, done)
  const begun = (started: number, done: number, state: 'begun' | 'undoing' = 'begun') => {
    const release = partly(2)
    const [a, b] = release.migrations
    if (a === undefined || b === undefined) throw new Error('no migrations')
    const open = {...b, state, statements: {started, done}}
    return ledgerWith(resumable, [], {releases: [{...release, migrations: [a, open]}]})
  }

  it('is gone on with behind its last whole migration', () => {
    const plan = planApply(resumable, ledgerWith(resumable, [], {releases: [partly(1)]}))
    assert.equal(plan.releases[0]?.continued, true)
    assert.equal(plan.releases[0]?.position, 1)
    const names = plan.releases[0]?.segments.flatMap(({migrations}) =>
      migrations.map(({migration, position}) => [migration.name, position]),
    )
    assert.deepEqual(names, [
      ['b', 2],
      ['c', 3],
    ])
    assert.deepEqual(plan.reached, {partial: {version: '1.0.0', done: 1, of: 3}})
  })

  it('is gone on with behind its last whole statement', () => {
    const plan = planApply(resumable, begun(1, 1))
    assert.equal(plan.releases[0]?.segments[0]?.migrations[0]?.statementsDone, 1)
  })

  it('is gone on with at a statement whose outcome is open, which is settled first', () => {
    const [next] = planApply(resumable, begun(2, 1)).releases[0]?.segments[0]?.migrations ?? []
    assert.deepEqual([next?.statementsDone, next?.statementOpen], [1, true])
  })

  it('is refused in the middle of a rollback script outside transactions', () => {
    assert.throws(() => planApply(resumable, begun(1, 1, 'undoing')), {
      code: 'UNRESOLVED',
      message: /rollback of 1\.0\.0\/b was interrupted/,
    })
  })
})

describe('a ledger that disagrees with the artifact', () => {
  const ledger = ledgerWith(config)
  const [release, ...others] = ledger.releases
  if (release === undefined) throw new Error('no release')
  const [a, b] = release.migrations
  if (a === undefined || b === undefined) throw new Error('no migrations')

  for (const [what, changed] of Object.entries({
    'another name': {migrations: [{...a, name: 'other'}, b]},
    'another kind': {migrations: [{...a, kind: 'repeatable' as const}, b]},
    'another digest': {migrations: [{...a, forward: b.forward}, b]},
    'an applied release without a migration': {migrations: [a]},
    'a migration too many': {migrations: [a, b, {...b, position: 3, name: 'c'}]},
    'an unapplied release with all migrations': {state: 'applying' as const},
    'a transactional migration that is begun': {
      state: 'applying' as const,
      migrations: [{...a, state: 'begun' as const, statements: {started: 1, done: 0}}],
    },
  })) {
    it(`is refused: ${what}`, () => {
      const releases = [{...release, ...changed}, ...others]
      assert.throws(() => planApply(config, {...ledger, releases}), {code: 'INTEGRITY'})
    })
  }
})
