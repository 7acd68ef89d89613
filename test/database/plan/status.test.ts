import assert from 'node:assert/strict'
import {describeStatus} from '../../../src/database/plan/status.ts'
import {artifact} from '../support/artifact.ts'
import {absentLedger, ledgerWith, recorded} from '../support/ledger.ts'

const first = {version: '1.0.0', files: {a: 'select 1', b: {sql: 'vacuum', transaction: false}}}
const second = {version: '1.1.0', files: {c: 'select 2'}}
const {config} = artifact([first, second])
const [entry] = config.releases
if (entry === undefined) throw new Error('no release')

describe('the status of a database', () => {
  it('is that of one that nothing was applied to', () => {
    const status = describeStatus(absentLedger, config)
    assert.equal(status.ledger, 'absent')
    assert.equal(status.current, undefined)
    assert.deepEqual(status.artifact, {
      version: '1.1.0',
      standing: 'behind',
      pending: ['1.0.0', '1.1.0'],
      extra: [],
    })
  })

  it('names what is applied and what is pending', () => {
    const status = describeStatus(ledgerWith(config, ['1.0.0']), config)
    assert.equal(status.current, '1.0.0')
    assert.deepEqual(status.artifact?.pending, ['1.1.0'])
  })

  it('names what the database has beyond the artifact', () => {
    const status = describeStatus(ledgerWith(config), artifact([first]).config)
    assert.deepEqual(
      [status.artifact?.standing, status.artifact?.extra, status.artifact?.pending],
      ['ahead', ['1.1.0'], []],
    )
  })

  it('tells another line, other content and another project', () => {
    const ledger = ledgerWith(config)
    const standing = (other: ReturnType<typeof artifact>) =>
      describeStatus(ledger, other.config).artifact?.standing
    assert.equal(standing(artifact([first, {...second, version: '1.2.0'}])), 'other-line')
    assert.equal(standing(artifact([first, {...second, salt: 'x'}])), 'diverged')
    assert.equal(standing(artifact([first], 'billing')), 'other-project')
  })

  it('calls an unfinished release interrupted while nobody works on it', () => {
    const release = recorded(entry, 1, 1)
    const ledger = ledgerWith(config, [], {releases: [release]})
    assert.equal(describeStatus(ledger).interrupted[0]?.state, 'interrupted')
    assert.equal(describeStatus(ledger, config, true).interrupted[0]?.state, 'running')
    const pooled = {...ledger, releases: [{...release, pooled: true}]}
    assert.equal(describeStatus(pooled).interrupted[0]?.state, 'between')
    assert.deepEqual(describeStatus(ledger, config).artifact?.pending, ['1.0.0', '1.1.0'])
  })

  it('names the statement whose outcome is open', () => {
    const release = recorded(entry, 1, 2, 'applying')
    const [a, b] = release.migrations
    if (a === undefined || b === undefined) throw new Error('no migrations')
    const open = {...b, state: 'begun' as const, statements: {started: 3, done: 2}}
    const releases = [{...release, migrations: [a, open]}]
    const [unfinished] = describeStatus(ledgerWith(config, [], {releases})).interrupted
    const resolve = 'squizzle resolve 1.0.0/b --applied|--pending --reason <text>'
    const said = {migration: '1.0.0/b', statement: 3, resolve}
    assert.deepEqual(unfinished?.open, {...said, next: 'apply'})
    const undone = {...b, state: 'undoing' as const, statements: {started: 3, done: 2}}
    const back = [{...release, migrations: [a, undone]}]
    const [half] = describeStatus(ledgerWith(config, [], {releases: back})).interrupted
    assert.deepEqual([half?.open, half?.undoing], [{...said, next: 'rollback'}, true])
  })
})
