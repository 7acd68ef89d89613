import assert from 'node:assert/strict'
import {analyze, refusal} from './analysis.ts'

describe('whether a script runs in a transaction', () => {
  it('is found from its statements, and said', async () => {
    const sql = 'create index concurrently i on a (id);\nvacuum a;\nvacuum b;\n'
    const script = await analyze(sql)
    assert.equal(script.transaction, false)
    assert.deepEqual(script.batches, [0, 38, 48])
    assert.deepEqual(script.remarks, [
      'runs outside a transaction: CREATE INDEX CONCURRENTLY, VACUUM',
    ])
  })

  it('is found for each script of a migration by itself', async () => {
    const rollback = await analyze('drop index concurrently i', {role: 'rollback'})
    assert.equal(rollback.transaction, false)
    assert.equal((await analyze('drop index i', {role: 'rollback'})).transaction, true)
  })

  it('is asked of the author where statements want both', async () => {
    for (const [sql, place] of [
      ['select 1;\ncreate index concurrently i on a (id)', '2:1'],
      ["set lock_timeout = '1h';\n vacuum;", '2:2'],
      ['vacuum;\nselect 1', '1:1'],
    ] as const) {
      const refused = await refusal(sql)
      assert.equal(refused.code, 'SOURCE_INVALID')
      assert.equal(refused.place, place)
      assert.match(refused.what, /cannot run in a transaction, but other statements/)
      assert.match(refused.hint, /migration of its own, or write "-- squizzle: no-transaction"/)
    }
  })

  it('is what the author answers', async () => {
    const sql = 'select 1; vacuum; select 2'
    const byDirective = await analyze(`-- squizzle: no-transaction\n${sql}`)
    assert.equal(byDirective.transaction, false)
    assert.deepEqual(byDirective.batches, [0, 37, 45])
    const byFormat = await analyze(sql, {noTransaction: true})
    assert.equal(byFormat.transaction, false)
    assert.deepEqual(byFormat.batches, [0, 9, 17])
  })

  it('may be chosen for statements that could run in one', async () => {
    const script = await analyze('-- squizzle: no-transaction\ncall archive_in_batches()')
    assert.equal(script.transaction, false)
    assert.equal(script.batches, undefined, 'one statement has no borders')
    assert.deepEqual(script.remarks, ['runs outside a transaction, as the file says'])
  })
})

describe('CREATE INDEX CONCURRENTLY', () => {
  it('is refused without a name, in any script', async () => {
    for (const head of ['', '-- squizzle: no-transaction\nselect 1; ']) {
      for (const role of ['forward', 'rollback'] as const) {
        const sql = `${head}create unique index concurrently on a (id)`
        const {place, what} = await refusal(sql, {role})
        assert.equal(place, head === '' ? '1:1' : '2:11')
        assert.match(what, /^CREATE INDEX CONCURRENTLY without a name would make a second index/)
      }
    }
  })

  it('is taken with one, and an index that is built in a transaction needs none', async () => {
    assert.equal((await analyze('create index concurrently i on a (id)')).transaction, false)
    const named = await analyze('create index concurrently if not exists i on a (id)')
    assert.equal(named.transaction, false)
    assert.equal((await analyze('create index on a (id)')).transaction, true)
  })
})
