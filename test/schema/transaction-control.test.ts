import assert from 'node:assert/strict'
import {analyze, packed, refusal} from './analysis.ts'

describe('transaction control in a script', () => {
  for (const [statement, words] of [
    ['begin', 'BEGIN'],
    ['start transaction', 'START TRANSACTION'],
    ['commit', 'COMMIT'],
    ['end', 'COMMIT'],
    ['commit and chain', 'COMMIT'],
    ['rollback', 'ROLLBACK'],
    ['abort', 'ROLLBACK'],
    ['rollback and chain', 'ROLLBACK'],
    ["prepare transaction 'a'", 'PREPARE TRANSACTION'],
    ["commit prepared 'a'", 'COMMIT PREPARED'],
    ["rollback prepared 'a'", 'ROLLBACK PREPARED'],
  ] as const) {
    it(`is refused: ${statement}`, async () => {
      for (const sql of [
        `select 1;\n  ${statement};\nselect 2;`,
        `begin;\n  ${statement};\ncommit`,
        `-- squizzle: no-transaction\n  ${statement};`,
      ]) {
        const refused = await refusal(sql)
        assert.equal(refused.code, 'SOURCE_INVALID')
        assert.equal(refused.place, '2:3', sql)
        assert.equal(refused.what, `${words} cannot be part of a script`)
        assert.match(refused.hint, /^Take it out/)
      }
    })
  }

  it('is refused where it is hidden in one line', async () => {
    const {place} = await refusal('create table a (id int); /* c */ rollback; select 1')
    assert.equal(place, '1:34')
  })

  it('is refused where it makes several transactions of a script', async () => {
    const {place} = await refusal('begin;\nselect 1;\ncommit;\nbegin;\nselect 2;\ncommit;')
    assert.equal(place, '3:1')
  })

  it('is refused where an outer COMMIT begins the next transaction', async () => {
    assert.equal((await refusal('begin; select 1; commit and chain')).place, '1:1')
  })

  it('is allowed as savepoints, in a transaction', async () => {
    const sql = 'savepoint a; select 1; rollback to savepoint a; release savepoint a'
    assert.equal(await packed(sql), sql)
  })

  for (const statement of ['savepoint a', 'release a', 'rollback to a']) {
    it(`is refused as ${statement} outside a transaction`, async () => {
      const {place, what} = await refusal(`-- squizzle: no-transaction\n${statement}`)
      assert.equal(place, '2:1')
      assert.match(what, /needs a transaction, and this script runs outside one$/)
    })
  }

  for (const sql of [
    'do $$begin commit; end$$',
    'create procedure p() language plpgsql as $$begin commit; end$$',
    'create function f() returns int begin atomic select 1; end',
    "select 'commit'; -- commit\nselect 1 as commit",
    'call p()',
  ]) {
    it(`is not seen in what only looks like it: ${sql}`, async () => {
      assert.equal(await packed(sql), sql)
    })
  }
})

describe('the kind of its transaction', () => {
  for (const statement of [
    'set transaction read only',
    'set local transaction isolation level serializable',
    "set transaction snapshot '0001'",
    'set transaction_read_only = on',
    'set local Transaction_Isolation to serializable',
    'reset transaction_deferrable',
  ]) {
    it(`cannot be chosen by a script: ${statement}`, async () => {
      for (const role of ['forward', 'rollback', 'verify'] as const) {
        const {place, what} = await refusal(`select 1;\n${statement}`, {role})
        assert.equal(place, '2:1')
        assert.equal(what, 'a script cannot choose the kind of transaction that it runs in')
      }
    })
  }

  for (const statement of [
    'set lock_timeout = 0',
    'set local search_path = shop',
    'set session characteristics as transaction isolation level serializable',
    'reset all',
  ]) {
    it(`is not touched by ${statement}`, async () => {
      assert.equal((await analyze(statement)).transaction, true)
    })
  }
})

describe('DISCARD', () => {
  it('ALL is refused, since it would release the lock', async () => {
    assert.equal((await refusal('discard all')).place, '1:1')
    assert.equal((await refusal('-- squizzle: no-transaction\ndiscard all')).place, '2:1')
  })

  it('of less is allowed', async () => {
    assert.equal((await analyze('discard temp; discard plans')).transaction, true)
  })
})
