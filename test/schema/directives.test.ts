import assert from 'node:assert/strict'
import {analyze, refusal} from './analysis.ts'

describe('directives', () => {
  it('are read from the comments above the first statement, one on each line', async () => {
    const script = await analyze(
      [
        '-- 0007: orders',
        '/* a licence */',
        '--\tsquizzle:\tno-transaction  ',
        '',
        '-- squizzle: lock-timeout=30s',
        '  -- squizzle: statement-timeout=10min',
        'select 1;',
      ].join('\r\n'),
    )
    assert.equal(script.transaction, false)
    assert.equal(script.lockTimeout, '30s')
    assert.equal(script.statementTimeout, '10min')
    assert.deepEqual(script.remarks, ['runs outside a transaction, as the file says'])
  })

  it('are read above an outer BEGIN too', async () => {
    const script = await analyze('-- squizzle: lock-timeout=1s\nbegin; select 1; commit')
    assert.equal(script.lockTimeout, '1s')
  })

  it('may be the last comment before SQL on the same line', async () => {
    const script = await analyze('/* x */ -- squizzle: lock-timeout=0\nselect 1')
    assert.equal(script.lockTimeout, '0')
  })

  for (const time of ['0', '0ms', '1ms', '500ms', '2147483647ms', '30s', '15min', '2h', '24d']) {
    it(`take the time ${time}`, async () => {
      const script = await analyze(`-- squizzle: statement-timeout=${time}\nselect 1`)
      assert.equal(script.statementTimeout, time)
    })
  }

  const malformed = ['', '30', '30 s', '30S', '30sec', '1.5s', '-1s', '+1s', '5m', '1e3ms', '٣s']
  const tooLong = ['2147483648ms', '25d', '99999999999999999999d']
  for (const time of [...malformed, ...tooLong, "'30s'", '30s,', '30s;']) {
    it(`refuse the time "${time}"`, async () => {
      const {place, hint} = await refusal(`\n-- squizzle: lock-timeout=${time}\nselect 1`)
      assert.equal(place, '2:1')
      assert.match(hint, /lock-timeout=30s|one directive on each line/)
    })
  }

  for (const [sql, what, hint] of [
    ['-- squizzle: no-transactoin\n', /^unknown directive "no-transactoin"$/, /"no-transaction"\?/],
    ['-- squizzle: lock_timeout=5s\n', /^unknown directive "lock_timeout"$/, /"lock-timeout"\?/],
    ['-- squizzle: timeout=5s\n', /^unknown directive "timeout"$/, /timeout"\?/],
    ['-- squizzle: No-Transaction\n', /^unknown directive "No-Transaction"$/, /"no-transaction"\?/],
    ['-- squizzle: no-transaction=true\n', /takes no value/, /-- squizzle: no-transaction"/],
    ['-- squizzle: lock-timeout\n', /needs a time/, /30s/],
    ['-- squizzle: no-transaction, lock-timeout=5s\n', /is not one directive/, /each line/],
    ['-- squizzle: no-transaction (vacuum)\n', /is not one directive/, /each line/],
    ['-- squizzle: lock-timeout = 5s\n', /is not one directive/, /without blanks/],
    ['-- squizzle:\n', /looks like a directive/, /"-- squizzle: no-transaction"/],
    ['--squizzle: no-transaction\n', /looks like a directive/, /exactly so/],
    ['-- squizzle:no-transaction\n', /looks like a directive/, /exactly so/],
    ['--- squizzle: no-transaction\n', /looks like a directive/, /exactly so/],
    ['-- squizzle : no-transaction\n', /looks like a directive/, /exactly so/],
    ['-- squizzle no-transaction\n', /looks like a directive/, /exactly so/],
    ['-- Squizzle: no-transaction\n', /looks like a directive/, /exactly so/],
    ['-- SQUIZZLE: NO-TRANSACTION\n', /looks like a directive/, /exactly so/],
    ['-- squizle: no-transaction\n', /looks like a directive/, /exactly so/],
    ['-- squizzel: no-transaction\n', /looks like a directive/, /exactly so/],
    ['--\u00a0squizzle: no-transaction\n', /looks like a directive/, /exactly so/],
    ['-- squizzle\uff1a no-transaction\n', /looks like a directive/, /exactly so/],
    ['-- squizzle\u2236 no-transaction\n', /looks like a directive/, /exactly so/],
    ['-- \u0455quizzl\u0435: no-transaction\n', /looks like a directive/, /exactly so/],
    ['-- squiz\u200bzle: no-transaction\n', /looks like a directive/, /exactly so/],
    ['/* squizzle: no-transaction */\n', /inside a block comment/, /line of its own/],
    ['/*\n * squizzle: no-transaction\n */', /inside a block comment/, /line of its own/],
    ['/* /* */\n-- squizzle: no-transaction\n*/', /inside a block comment/, /line of its own/],
  ] as const) {
    it(`refuse ${JSON.stringify(sql)}`, async () => {
      const refused = await refusal(`${sql}select 1`)
      assert.equal(refused.code, 'SOURCE_INVALID')
      assert.equal(refused.place, '1:1')
      assert.match(refused.what, what)
      assert.match(refused.hint, hint)
    })
  }

  it('may be given once, even with the same value', async () => {
    const {place, what} = await refusal(
      '-- squizzle: lock-timeout=5s\n-- squizzle: lock-timeout=5s\nselect 1',
    )
    assert.equal(place, '2:1')
    assert.equal(what, 'directive "lock-timeout" is given twice')
  })

  for (const sql of [
    'select 1;\n-- squizzle: no-transaction\nselect 2;',
    ';\n-- squizzle: no-transaction\nselect 1;',
    'select\n-- squizzle: no-transaction\n1;',
    "select 'a'\n-- squizzle: no-transaction\n'b'",
    "select E'a'\n-- squizzle: no-transaction\n'b'",
    'begin;\n-- squizzle: no-transaction\nselect 1; commit',
  ]) {
    it(`are refused after the first word of SQL: ${JSON.stringify(sql)}`, async () => {
      const {place, what} = await refusal(sql)
      assert.equal(place, '2:1')
      assert.match(what, /stands after the first statement/)
    })
  }

  for (const sql of [
    "select '\n-- squizzle: nonsense\n'",
    "select E'\\'\n-- squizzle: nonsense\n'",
    "select E'a'\n'\\'\n-- squizzle: nonsense\n'",
    'select 1 as "\n-- squizzle: nonsense\n"',
    'do $$\n-- squizzle: nonsense\nbegin end $$',
    'do $squizzle$\n-- squizzle: nonsense\nbegin end $squizzle$',
    "select U&'\n-- squizzle: nonsense\n'",
  ]) {
    it(`are mere text inside quotes: ${JSON.stringify(sql)}`, async () => {
      assert.deepEqual((await analyze(sql)).remarks, [])
    })
  }

  for (const comment of [
    '-- applied by squizzle',
    '-- squizzle applies this in one transaction',
    '-- see squizzle: it has no-transaction',
    '-- lock-timeout=30s',
    '-- squeeze: the table',
    '-- sqitch: no-transaction',
    '-- quiz: no-transaction',
    '/* see squizzle: it applies this */',
    '--> statement-breakpoint',
    '-- +goose Up',
  ]) {
    it(`do not take ${JSON.stringify(comment)} for one`, async () => {
      assert.equal((await analyze(`${comment}\nselect 1`)).transaction, true)
    })
  }
})
