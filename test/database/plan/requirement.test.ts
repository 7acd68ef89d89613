import assert from 'node:assert/strict'
import {parseVersion} from '../../../src/artifact/version.ts'
import {lackOf} from '../../../src/database/plan/requirement.ts'
import {artifact} from '../support/artifact.ts'
import {absentLedger, ledgerWith, recorded} from '../support/ledger.ts'

const first = {version: '1.0.0', files: {a: 'select 1', b: 'select 2'}}
const second = {version: '1.1.0', files: {c: 'select 2'}}
const {config} = artifact([first, second])
const [entry] = config.releases
if (entry === undefined) throw new Error('no release')
const version = parseVersion('1.0.0')

describe('what is required of a database', () => {
  it('is a release that is wholly applied, whatever came after', () => {
    assert.equal(lackOf({version}, absentLedger), 'the database has no release yet')
    assert.equal(lackOf({version}, ledgerWith(config)), undefined)
    const older = ledgerWith(config, ['1.0.0'])
    assert.equal(lackOf({version: parseVersion('1.1.0')}, older), 'the database is at 1.0.0')
    const releases = [recorded(entry, 1, 1)]
    const begun = ledgerWith(config, [], {releases})
    assert.equal(lackOf({version}, begun), '1.0.0 is not wholly applied yet')
    assert.equal(lackOf({version: parseVersion('1.0.0+build.7')}, older), undefined)
  })

  it('is a release of the own project, where that is known', () => {
    const older = ledgerWith(config, ['1.0.0'])
    assert.equal(lackOf({version, project: 'shop'}, older), undefined)
    assert.throws(() => lackOf({version, project: 'billing'}, older), {code: 'OTHER_PROJECT'})
  })

  it('is for an artifact each of its releases, though the database may have more', () => {
    assert.equal(lackOf({config}, ledgerWith(config)), undefined)
    assert.equal(lackOf({config}, ledgerWith(config, ['1.0.0'])), 'the database is at 1.0.0')
    assert.equal(lackOf({config: artifact([first]).config}, ledgerWith(config)), undefined)
  })

  it('may come yet on another line, never where the contents differ', () => {
    const line = artifact([first, {...second, version: '1.2.0'}]).config
    assert.equal(lackOf({config: line}, ledgerWith(config)), 'the database is at 1.1.0')
    const other = artifact([first, {...second, salt: 'x'}]).config
    assert.throws(() => lackOf({config: other}, ledgerWith(config)), {code: 'DIVERGED'})
    const foreign = artifact([first], 'billing').config
    assert.throws(() => lackOf({config: foreign}, ledgerWith(config)), {code: 'OTHER_PROJECT'})
  })
})
