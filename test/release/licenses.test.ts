import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {run} from '../support/run.ts'

const root = new URL('../../', import.meta.url)

/** What a company may use without asking its lawyers; CC-BY and CC0 are of packages that are lists of words. */
const permissive =
  /^ (?:(?:MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|Apache 2\.0|BlueOak-1\.0\.0|Python-2\.0|CC-BY-3\.0|CC0-1\.0|Artistic-2\.0|PostgreSQL)(?:, | OR | AND )?)+ $/

describe('THIRD-PARTY-LICENSES.md', () => {
  it('names the packages that an installed squizzle has, as the lock file does', async () => {
    const {exitCode, stderr} = await run(process.execPath, ['scripts/licenses.js', '--check'], {
      cwd: root.pathname,
    })
    assert.equal(exitCode, 0, stderr)
  })

  it('has permissive licences only', async () => {
    const text = await readFile(new URL('THIRD-PARTY-LICENSES.md', root), 'utf8')
    const rows = text
      .split('\n')
      .filter((line) => /^\| [@a-z]/.test(line))
      .slice(1)
    assert.ok(rows.length > 100)
    assert.deepEqual(
      rows.filter((row) => !permissive.test((row.split('|')[2] ?? '').replaceAll(/[()]/g, ''))),
      [],
    )
  })
})
