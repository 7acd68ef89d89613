import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {errorCodes} from '../../src/errors.ts'

const page = readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8')

describe('the manual of errors', () => {
  it('has a section for each code, and says in it what to do', () => {
    const sections = new Map(
      [...page.matchAll(/^## (\w+)\n([\s\S]*?)(?=^## |$(?![\s\S]))/gm)].map(
        ([, code = '', body = '']) => [code, body],
      ),
    )
    assert.deepEqual([...sections.keys()].toSorted(), Object.keys(errorCodes).toSorted())
    for (const [code, body] of sections) assert.ok(body.trim().split('\n\n').length > 1, code)
  })

  for (const text of [
    'authentication required',
    'permission denied',
    'rate limit exceeded',
    'timeout pulling artifact',
    'timeout pushing artifact',
    'version 1.0.0 not found in ',
    'no database configured',
  ]) {
    it(`is found by a text that never changes: Error: ${text}`, () => {
      assert.ok(page.includes(`    Error: ${text}`))
    })
  }
})
