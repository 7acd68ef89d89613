import assert from 'node:assert/strict'
import type {Batch} from '../../src/artifact/release.ts'
import {analyze, packed, refusal} from './analysis.ts'

/** What a script sends: SQL, and for each COPY its statement and its rows. */
async function sent(sql: string, options: Parameters<typeof analyze>[1] = {}) {
  const {sql: bytes, batches = [0]} = await analyze(sql, options)
  const text = (start: number, end?: number) => Buffer.from(bytes.subarray(start, end)).toString()
  const startOf = (batch: Batch | undefined) => (typeof batch === 'object' ? batch.at : batch)
  return batches.map((batch, index) =>
    typeof batch === 'number'
      ? text(batch, startOf(batches[index + 1]))
      : {copy: text(batch.at, batch.data), rows: text(batch.data, batch.end)},
  )
}

describe('COPY ... FROM stdin', () => {
  it('is told from the SQL around it, as pg_dump writes it', async () => {
    const dump = [
      'create table a (id int, name text);\n\n--\n-- Data for a\n--\n\n',
      'COPY public.a (id, name) FROM stdin;\n',
      "1\tit's; \\\\. \\N 'é😀\n2\t/* $$ \\\\N\n",
      '\\.\n',
      "\n\nselect pg_catalog.setval('a_id_seq', 2, true);\ncreate index on a (name);\n\n-- done\n",
    ]
    assert.deepEqual(await sent(dump.join('')), [
      'create table a (id int, name text);',
      {copy: `\n\n--\n-- Data for a\n--\n\n${dump[1]}`, rows: dump[2]},
      dump[4],
    ])
  })

  for (const [what, sql, copy, rows] of [
    ['no rows', 'copy a from stdin;\n\\.\n', 'copy a from stdin;\n', ''],
    ['no line end after \\.', 'copy a from stdin;\n1\n\\.', 'copy a from stdin;\n', '1\n'],
    ['CRLF', 'copy a from stdin;\r\n1\r\n\\.\r\n', 'copy a from stdin;\r\n', '1\r\n'],
    ['a remark behind it', 'copy a from stdin; -- "\n1\n\\.\n', 'copy a from stdin; -- "\n', '1\n'],
    [
      'words between',
      'copy a from /* x */ stdin;\n1\n\\.\n',
      'copy a from /* x */ stdin;\n',
      '1\n',
    ],
    [
      'CSV, where psql ends the rows inside quotes too',
      'COPY a FROM STDIN WITH (FORMAT csv, HEADER);\nid,name\n1,"x;\n\'y"\n\\.\n',
      'COPY a FROM STDIN WITH (FORMAT csv, HEADER);\n',
      'id,name\n1,"x;\n\'y"\n',
    ],
    ['another word for stdin', 'copy a from stdout;\n\\.\n', 'copy a from stdout;\n', ''],
    ['quoted names', 'copy "from stdin" from stdin;\n\\.\n', 'copy "from stdin" from stdin;\n', ''],
    [
      'a condition',
      "copy a (i, j) from stdin where i > 0 and j <> ';';\n1\t2\n\\.\n",
      "copy a (i, j) from stdin where i > 0 and j <> ';';\n",
      '1\t2\n',
    ],
    [
      'rows that only look like the end',
      'copy a from stdin;\n\\.x\n \\.\n\\\\.\n\\.\n',
      'copy a from stdin;\n',
      '\\.x\n \\.\n\\\\.\n',
    ],
  ] as const) {
    it(`is recorded with its rows: ${what}`, async () => {
      assert.deepEqual(await sent(sql), [{copy, rows}])
    })
  }

  it('may follow another one at once', async () => {
    assert.deepEqual(await sent('copy a from stdin;\n1\n\\.\ncopy b from stdin;\n\\.\n;\n'), [
      {copy: 'copy a from stdin;\n', rows: '1\n'},
      {copy: 'copy b from stdin;\n', rows: ''},
    ])
  })

  it('keeps its place when BEGIN and COMMIT are taken off', async () => {
    assert.deepEqual(await sent('begin;\ncopy a from stdin;\n1\n\\.\ncommit;\n'), [
      {copy: '      \ncopy a from stdin;\n', rows: '1\n'},
    ])
  })

  for (const [what, sql, place, message] of [
    ['without \\.', 'select 1;\n copy a from stdin;\n1\t2\n', '2:2', /have no end$/],
    ['without rows', 'copy a from stdin;', '1:1', /have no end$/],
    ['without semicolon', 'copy a from stdin', '1:1', /have no end$/],
    ['with \\. inside of a line only', 'copy a from stdin;\n1\\.\n', '1:1', /have no end$/],
    ['with SQL in its line', "copy a from stdin; select '\n1\n\\.\n", '1:20', /^something follows/],
    [
      'with a comment that goes on',
      'copy a from stdin; /*\n*/1\n\\.\n',
      '1:20',
      /^something follows/,
    ],
    [
      'that the parser refuses',
      'select 1;\ncopy a form b from stdin;\n1\n\\.\n',
      '2:8',
      /^syntax error/,
    ],
    [
      'before what it refuses',
      'copy a from stdin;\né😀\n\\.\nselect 😀 (;\n',
      '4:11',
      /^syntax error/,
    ],
  ] as const) {
    it(`is refused ${what}`, async () => {
      const refused = await refusal(sql)
      assert.equal(refused.code, 'SOURCE_INVALID')
      assert.match(refused.what, message)
      assert.equal(refused.place, place)
    })
  }

  it('is refused outside of transactions, where half of its rows could stay', async () => {
    const {place, what} = await refusal('-- é\n copy a from stdin;\n\\.\n', {noTransaction: true})
    assert.equal(place, '2:2')
    assert.match(what, /outside a transaction$/)
  })

  it('is refused in a verify script, which may only read', async () => {
    assert.match((await refusal('copy a from stdin;\n\\.\n', {role: 'verify'})).what, /verify/)
  })

  it('is known where the parser refuses the SQL around it', async () => {
    const sql = 'create novelty x;\nselect 1;\ncopy a from stdin;\n1\n\\.\nselect 2;'
    assert.deepEqual(await sent(sql, {parse: 'optional'}), [
      'create novelty x;\nselect 1;',
      {copy: '\ncopy a from stdin;\n', rows: '1\n'},
      'select 2;',
    ])
  })

  for (const sql of [
    "copy a from '/srv/a.csv'",
    "copy a from program 'zcat a.gz'",
    'copy (select 1 from stdin) to stdout',
    'copy a to stdout',
    'create table copy (id int); select 1 from stdin',
    "select 'copy a from stdin;'",
    'do $$begin execute $x$copy a from stdin;$x$; end$$',
    '-- copy a from stdin;\nselect 1',
  ]) {
    it(`is not seen in: ${sql}`, async () => {
      assert.equal(await packed(sql), sql)
      assert.equal((await analyze(sql)).batches, undefined)
    })
  }
})
