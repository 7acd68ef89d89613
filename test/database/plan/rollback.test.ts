import assert from 'node:assert/strict'
import type {ArtifactConfig} from '../../../src/artifact/release.ts'
import {parseVersion} from '../../../src/artifact/version.ts'
import type {Ledger} from '../../../src/database/ledger/ledger.ts'
import {packedAs} from '../../../src/database/plan/compare.ts'
import {planRollback, releasesToUndo} from '../../../src/database/plan/rollback.ts'
import type {RollbackPlan} from '../../../src/database/plan/rollback.ts'
import {artifact} from '../support/artifact.ts'
import {absentLedger, ledgerWith} from '../support/ledger.ts'

const undoable = (sql: string) => ({sql, rollback: 'select 0'})
const {config} = artifact([
  {version: '1.0.0', files: {a: undoable('select 1')}},
  {version: '1.1.0', files: {b: undoable('select 2'), R__v: 'select 11'}},
  {version: '1.0.1', after: ['1.0.0'], files: {fix: undoable('select 3'), R__v: 'select 101'}},
  {version: '1.2.0', after: ['1.1.0', '1.0.1'], files: {R__v: undoable('select 12')}},
])

function plan(ledger: Ledger, to?: string, of: ArtifactConfig = config): RollbackPlan {
  const undone = releasesToUndo(ledger, to === undefined ? undefined : parseVersion(to))
  return planRollback(ledger, undone, (release) => packedAs(of, release), 'release')
}

/** What each migration goes back by: the script, and the release that has it. */
const sources = ({releases}: RollbackPlan) =>
  releases.map(({release, segments}) => [
    release.version,
    ...segments.flatMap(({migrations}) =>
      migrations.map(({source}) => `${source.release}/${source.script.path}`),
    ),
  ])

describe('the plan of a rollback', () => {
  it('is nothing for a database without a release', () => {
    assert.deepEqual(plan(absentLedger).releases, [])
  })

  it('has the migrations of each release in reverse', () => {
    const ledger = ledgerWith(config)
    assert.deepEqual(sources(plan(ledger)), [['1.2.0', '1.0.1/R__v.sql']])
    assert.deepEqual([plan(ledger).from, plan(ledger).to], ['1.2.0', '1.0.1'])
    assert.deepEqual(sources(plan(ledger, '1.1.0')), [
      ['1.2.0', '1.0.1/R__v.sql'],
      ['1.0.1', '1.1.0/R__v.sql', '1.0.1/fix.rollback.sql'],
    ])
  })

  it('takes a repeatable migration back to what ran before in this database, not in the artifact', () => {
    const other = ledgerWith(config, ['1.0.0', '1.0.1', '1.1.0', '1.2.0'])
    assert.deepEqual(sources(plan(other, '1.0.1')), [
      ['1.2.0', '1.1.0/R__v.sql'],
      ['1.1.0', '1.0.1/R__v.sql', '1.1.0/b.rollback.sql'],
    ])
  })

  it('is refused where a repeatable migration has nothing to go back to', () => {
    const ledger = ledgerWith(config, ['1.0.0', '1.0.1'])
    assert.throws(() => plan(ledger), {
      code: 'ROLLBACK_FAILED',
      message: /1\.0\.1\/R__v has no rollback script, and no earlier release ran it/,
    })
  })

  it('is refused where a release that stays was built on one that goes', () => {
    const ledger = ledgerWith(config, ['1.0.0', '1.1.0', '1.2.0', '1.0.1'])
    assert.throws(() => plan(ledger), {
      code: 'ROLLBACK_FAILED',
      message: '1.0.1 cannot be rolled back: 1.2.0, which stays, was built on it',
    })
  })

  it('is refused where the ledger says something else of a release than the artifact', () => {
    const ledger = ledgerWith(config)
    const releases = ledger.releases.map((release) => ({
      ...release,
      migrations: release.migrations.map((row) => ({...row, name: `${row.name}_x`})),
    }))
    assert.throws(() => plan({...ledger, releases}), {code: 'INTEGRITY'})
  })

  it('is refused for what a baseline recorded, and not for what came after', () => {
    const ledger = ledgerWith(config)
    const releases = ledger.releases.map((release) =>
      release.version === '1.2.0' ? release : {...release, origin: 'baseline' as const},
    )
    assert.equal(plan({...ledger, releases}).releases.length, 1)
    assert.throws(() => plan({...ledger, releases}, '1.1.0'), {
      code: 'ROLLBACK_FAILED',
      message: /^1\.0\.1 cannot be rolled back: it was not run here/,
    })
  })

  it('made again leaves out what another run has undone, and never takes more', () => {
    const ledger = ledgerWith(config)
    const undone = releasesToUndo(ledger)
    const packed: Parameters<typeof planRollback>[2] = (release) => packedAs(config, release)
    const after = ledgerWith(config, ['1.0.0', '1.1.0', '1.0.1'])
    assert.deepEqual(planRollback(after, undone, packed, 'release').releases, [])
    const first = releasesToUndo(ledgerWith(config, ['1.0.0']))
    assert.throws(() => planRollback(ledger, first, packed, 'release'), {code: 'DATABASE_AHEAD'})
  })
})
