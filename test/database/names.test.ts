import assert from 'node:assert/strict'
import {literal, quoteIdentifier} from '../../src/database/names.ts'
import {describePostgres, withEngine} from './support/engines.ts'

const nasty = [
  'plain',
  "it's",
  'back\\slash',
  '"quoted"',
  "\\'; drop table x; --",
  'line\nbreak',
  'naïve 😀',
  '$$',
  '',
]

describe('an identifier', () => {
  it('is refused where PostgreSQL would cut it', () => {
    assert.equal(quoteIdentifier('é'.repeat(31), 'x'), `"${'é'.repeat(31)}"`)
    for (const name of ['é'.repeat(32), '', 'a\0b']) {
      assert.throws(() => quoteIdentifier(name, 'database.schema'), {code: 'CONFIG_INVALID'})
    }
  })
})

describePostgres('quoting', (engine) => {
  for (const conforming of ['on', 'off']) {
    it(`means what was said with standard_conforming_strings ${conforming}`, async () => {
      await withEngine(engine, async ({ask}) => {
        for (const text of nasty) {
          const [row] = await ask(
            `set standard_conforming_strings = ${conforming}; set escape_string_warning = off;
             select ${literal(text)} as text, ${literal([text, 'x'])} as list`,
          )
          assert.deepEqual(row, {text, list: [text, 'x']})
        }
      })
    })
  }

  it('lets a name hold anything', async () => {
    await withEngine(engine, async ({ask}) => {
      for (const name of nasty.filter((text) => text !== '')) {
        const [row] = await ask(`select 1 as ${quoteIdentifier(name, 'a column')}`)
        assert.deepEqual(row, {[name]: 1})
      }
    })
  })
})
