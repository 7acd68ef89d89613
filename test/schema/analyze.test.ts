import assert from 'node:assert/strict'
import {isSquizzleError} from '../../src/errors.ts'
import {analyze, packed, refusal} from './analysis.ts'

describe('analysing a script', () => {
  it('packs plain statements as they are, to run in a transaction', async () => {
    const sql = 'create table a (id int);\n\ncreate table b (id int)'
    const script = await analyze(sql)
    assert.deepEqual(script, {
      sql: Buffer.from(sql),
      transaction: true,
      statements: 2,
      remarks: [],
    })
  })

  it('gives the same result for the same bytes, also side by side', async () => {
    const sql =
      "-- squizzle: lock-timeout=2s\nbegin; select 'é'; alter type t add value 'x'; commit"
    const results = await Promise.all(Array.from({length: 20}, () => analyze(sql)))
    for (const result of results) assert.deepEqual(result, results[0])
  })

  it('leaves the bytes that it was given untouched', async () => {
    const bytes = Buffer.from('begin; select 1; commit')
    await analyze(bytes)
    assert.equal(bytes.toString(), 'begin; select 1; commit')
  })

  it('counts lines from where the script begins in its file', async () => {
    const {place, excerpt} = await refusal('select 1;\nselect frm x y', {firstLine: 41})
    assert.equal(place, '42:14')
    assert.equal(excerpt, '  42 | select frm x y\n     |              ^')
  })

  for (const [title, sql] of [
    ['nothing', ''],
    ['blanks', ' \n\t\r\n'],
    ['comments', '-- later\n/* or /* never */ */'],
    ['semicolons', ' ; ;\n-- x\n;'],
    ['a directive', '-- squizzle: lock-timeout=5s\n'],
    ['BEGIN and COMMIT', 'BEGIN;\n-- todo\nCOMMIT;'],
  ] as const) {
    it(`refuses a file with only ${title}, by its name`, async () => {
      await assert.rejects(analyze(sql, {file: 'db/0009_later.sql'}), {
        code: 'SOURCE_INVALID',
        message: 'db/0009_later.sql has no SQL statement',
        details: {file: 'db/0009_later.sql'},
      })
    })
  }

  it('refuses a NUL, which the parser would take for the end', async () => {
    const {place, what} = await refusal('select 1;\n \0 drop table a')
    assert.equal(place, '2:2')
    assert.equal(what, 'a NUL byte cannot be in SQL')
  })

  it('refuses what is not UTF-8', async () => {
    await assert.rejects(analyze(Buffer.from("select 'caf\u00e9'", 'latin1')), {
      code: 'SOURCE_INVALID',
      message: '0007_orders.sql is not UTF-8',
    })
  })

  it('says so when an expression is nested deeper than the parser can hold', async () => {
    const deep = `select 1${'+1'.repeat(200_000)}`
    await assert.rejects(analyze(deep), (error) => {
      assert.ok(isSquizzleError(error))
      assert.equal(error.code, 'TOO_LARGE')
      return true
    })
    assert.equal((await analyze('select 1')).statements, 1, 'the parser still works')
  })
})

describe('a script that the parser refuses', () => {
  const sql = '-- squizzle: lock-timeout=9s\nselect 1;\nCREATE NOVELTY x;'

  it('is refused with its place, and the way around is named', async () => {
    const {place, what, hint} = await refusal(sql)
    assert.equal(place, '3:8')
    assert.equal(what, 'syntax error at or near "NOVELTY"')
    assert.match(hint, /--no-parse/)
  })

  it('is sent whole where parsing is optional, and its directives hold', async () => {
    assert.deepEqual(await analyze(sql, {parse: 'optional'}), {
      sql: Buffer.from(sql),
      transaction: true,
      lockTimeout: '9s',
      remarks: ["sent whole and unchecked: PostgreSQL's parser does not take it"],
    })
  })

  it('runs outside a transaction only where its author says so', async () => {
    const asked = await analyze(`-- squizzle: no-transaction\n${sql}`, {parse: 'optional'})
    assert.equal(asked.transaction, false)
    assert.equal(asked.batches, undefined)
  })

  it('may still hold nothing that only psql understands', async () => {
    const {what} = await refusal(`${sql}\n\\i more.sql`, {parse: 'optional'})
    assert.match(what, /command of psql/)
  })

  it('is judged like any other where the parser takes it', async () => {
    const {what} = await refusal('select 1; commit; select 2', {parse: 'optional'})
    assert.match(what, /^COMMIT /)
  })

  it('is quoted shortly, even where a quote stays open to the end', async () => {
    const {what} = await refusal(`select 'abc\n${'x'.repeat(5000)}`)
    assert.equal(what, `unterminated quoted string at or near "'abc…"`)
  })
})

describe('a transaction around the whole script', () => {
  it('is taken off, said so, and every line and column stays', async () => {
    const sql = 'BEGIN;\n-- é\ncreate table a (id int); /* x */ COMMIT; -- done\n'
    const script = await analyze(sql)
    assert.equal(
      Buffer.from(script.sql).toString(),
      '      \n-- é\ncreate table a (id int); /* x */         -- done\n',
    )
    assert.equal(script.statements, 1)
    assert.deepEqual(script.remarks, [
      'BEGIN and COMMIT taken off: apply opens and ends the transaction',
    ])
  })

  for (const [begin, end] of [
    ['begin', 'end'],
    ['BEGIN WORK', 'COMMIT WORK'],
    ['begin transaction', 'end transaction'],
    ['start transaction', 'commit and no chain'],
    ['begin isolation level read committed, read write', 'commit'],
    ['begin not deferrable', 'commit'],
  ] as const) {
    it(`is taken off as ${begin} ... ${end}`, async () => {
      const sql = `${begin};select 1;${end}`
      const head = ''.padEnd(begin.length + 1)
      assert.equal(await packed(sql), `${head}select 1;`.padEnd(sql.length))
    })
  }

  it('keeps comments and line ends, even within the words taken off', async () => {
    assert.equal(
      await packed('-- top\r\nBEGIN /* ü */\r\n WORK ;\r\nselect 1;\r\nCOMMIT\r\n;'),
      '-- top\r\n      /* ü */\r\n       \r\nselect 1;\r\n      \r\n ',
    )
  })

  it('leaves savepoints inside where they are', async () => {
    const inner = 'savepoint a; select 1; rollback to a; release a;'
    assert.equal((await packed(`begin; ${inner} commit`)).trim(), inner)
  })

  for (const sql of [
    'begin isolation level serializable; select 1; commit',
    'begin isolation level repeatable read; select 1; commit',
    'start transaction read only; select 1; commit',
  ]) {
    it(`is not taken off where that would change its kind: ${sql}`, async () => {
      const {place, what} = await refusal(sql)
      assert.equal(place, '1:1')
      assert.match(what, /asks for another kind of transaction than scripts run in/)
    })
  }

  it('is refused around what cannot run in one', async () => {
    const {place, what} = await refusal('begin;\nvacuum;\ncommit;')
    assert.equal(place, '2:1')
    assert.equal(what, 'VACUUM cannot run between BEGIN and COMMIT')
  })

  it('is refused where a directive says no transaction', async () => {
    const {place} = await refusal('-- squizzle: no-transaction\nbegin; select 1; commit')
    assert.equal(place, '2:1')
  })
})

describe('a verify script', () => {
  for (const [sql, expected, taken] of [
    ['select 1; rollback;', 'select 1;          ', 'ROLLBACK'],
    ['select 1; abort', 'select 1;      ', 'ROLLBACK'],
    ['begin; select 1; rollback', '       select 1;         ', 'BEGIN and ROLLBACK'],
    ['begin; select 1; commit', '       select 1;       ', 'BEGIN and COMMIT'],
    [
      'begin read only; select 1; rollback',
      '                 select 1;         ',
      'BEGIN and ROLLBACK',
    ],
  ] as const) {
    it(`loses its transaction: ${sql}`, async () => {
      const script = await analyze(sql, {role: 'verify'})
      assert.equal(Buffer.from(script.sql).toString(), expected)
      assert.deepEqual(script.remarks, [`${taken} taken off: apply opens and ends the transaction`])
    })
  }

  it('may not end its transaction in the middle', async () => {
    const {place} = await refusal('select 1;\nrollback;\nselect 2;', {role: 'verify'})
    assert.equal(place, '2:1')
  })

  it('may not commit what it did not begin, nor begin and not end', async () => {
    assert.equal((await refusal('select 1; commit', {role: 'verify'})).place, '1:11')
    assert.equal((await refusal('begin; select 1', {role: 'verify'})).place, '1:1')
    assert.equal((await refusal('begin read write; rollback', {role: 'verify'})).place, '1:1')
  })

  it('may not build an index concurrently, nor run outside a transaction', async () => {
    const index = await refusal('create index concurrently i on a (id)', {role: 'verify'})
    assert.equal(index.what, 'CREATE INDEX CONCURRENTLY cannot be part of a verify script')
    const asked = await refusal('-- verify\n-- squizzle: no-transaction\nselect 1', {
      role: 'verify',
    })
    assert.equal(asked.place, '2:1')
    assert.equal(asked.what, 'a verify script cannot run outside a transaction')
  })

  it('is the only one whose final ROLLBACK is taken off', async () => {
    for (const role of ['forward', 'rollback'] as const) {
      assert.equal((await refusal('select 1; rollback', {role})).place, '1:11')
      assert.equal((await refusal('begin; select 1; rollback', {role})).place, '1:1')
    }
  })
})
