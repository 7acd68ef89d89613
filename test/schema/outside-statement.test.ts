import assert from 'node:assert/strict'
import {readStatement} from '../../src/schema/outside-statement.ts'

const index = {kind: 'create-index', unique: false, ifNotExists: false}

describe('a statement outside transactions', () => {
  for (const [sql, expected] of [
    [
      'create index concurrently a_i on a (i)',
      {...index, name: 'a_i', table: {name: 'a'}, definition: '(i)'},
    ],
    [
      '-- on b (j)\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "on (" ON ONLY "S"."using"\n  USING gin (t) WHERE i > 0 /* x */ ; -- end',
      {
        ...index,
        name: 'on (',
        table: {schema: 'S', name: 'using'},
        unique: true,
        ifNotExists: true,
        definition: 'USING gin (t) WHERE i > 0',
      },
    ],
    [
      'drop index concurrently if exists s.a_i',
      {kind: 'drop-index', index: {schema: 's', name: 'a_i'}},
    ],
    ['reindex index concurrently a_i;', {kind: 'reindex', scope: 'index', target: {name: 'a_i'}}],
    [
      'reindex (verbose, concurrently) table s.a',
      {kind: 'reindex', scope: 'table', target: {schema: 's', name: 'a'}},
    ],
    ['reindex schema concurrently s', {kind: 'reindex', scope: 'schema', target: {name: 's'}}],
    ['reindex database concurrently shop', {kind: 'reindex', scope: 'database'}],
    [
      'alter table s.p detach partition q concurrently',
      {kind: 'detach-partition', table: {schema: 's', name: 'p'}, partition: {name: 'q'}},
    ],
  ] as const) {
    it(`is recognised: ${sql.split('\n').at(-1)}`, async () => {
      assert.deepEqual(await readStatement(sql), expected)
    })
  }

  for (const [kind, statements] of Object.entries({
    repeatable: [
      'vacuum a',
      'analyze',
      "alter system set work_mem = '1MB'",
      'reindex table a',
      'cluster',
    ],
    setting: [
      'set role app',
      'reset all',
      "select pg_catalog.set_config('search_path', '', false)",
    ],
    atomic: [
      'update a set i = 1',
      'select f()',
      'set local work_mem = 1',
      'create index a_i on a (i)',
    ],
    unknown: [
      'call p()',
      'do $$ begin end $$',
      'begin',
      'create database d',
      'vacuum a; vacuum b',
      'no sql',
    ],
  })) {
    for (const sql of statements) {
      it(`is ${kind}: ${sql}`, async () => {
        assert.deepEqual(await readStatement(sql), {kind})
      })
    }
  }
})
