import assert from 'node:assert/strict'
import {
  isStable,
  newestFirst,
  parseVersion,
  sameVersion,
  stableOf,
  tagOfVersion,
  versionOfTag,
} from '../../src/artifact/version.ts'
import {rejectsWith} from '../support/errors.ts'

describe('a version', () => {
  for (const text of ['1.0.0', '0.0.1', '1.2.3-rc.1', '1.2.3-rc.1+build.5', '10.20.30+a.b']) {
    it(`${text} is one, in its only form`, () => {
      assert.equal(parseVersion(text), text)
      assert.equal(parseVersion(`v${text}`), text)
      assert.equal(versionOfTag(tagOfVersion(parseVersion(text))), text)
    })
  }

  for (const text of [
    '1',
    '1.0',
    '01.0.0',
    '1.0.0-',
    '1.0.0-01',
    '=1.0.0',
    ' 1.0.0',
    '1.0.0 ',
    'latest',
    '',
    'vv1.0.0',
    '1.0.0\n',
    '--base',
    '1.0.0/../x',
    `1.0.0-${'a'.repeat(130)}`,
    '1.0.0+b_d',
  ]) {
    it(`${JSON.stringify(text)} is none`, async () => {
      await rejectsWith('VERSION_INVALID', () => parseVersion(text))
    })
  }

  it('leads to the form that was meant', async () => {
    const error = await rejectsWith('VERSION_INVALID', () => parseVersion('1.2'))
    assert.match(error.hint ?? '', /1\.2\.0/)
  })

  it('is the same whatever its build metadata', () => {
    assert.ok(sameVersion(parseVersion('1.0.0+a'), parseVersion('1.0.0+b')))
    assert.equal(tagOfVersion(parseVersion('1.0.0+a')), '1.0.0_a')
  })

  it('sorts by precedence, not by letters', () => {
    const versions = ['1.9.0', '1.10.0', '1.10.0-rc.10', '1.10.0-rc.9', '2.0.0-alpha'].map(
      parseVersion,
    )
    assert.deepEqual(newestFirst(versions), [
      '2.0.0-alpha',
      '1.10.0',
      '1.10.0-rc.10',
      '1.10.0-rc.9',
      '1.9.0',
    ])
  })

  it('knows a pre-release and what it leads to', () => {
    assert.ok(!isStable(parseVersion('1.1.0-rc.1')))
    assert.equal(stableOf(parseVersion('1.1.0-rc.1')), '1.1.0')
  })
})
