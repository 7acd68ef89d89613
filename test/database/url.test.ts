import assert from 'node:assert/strict'
import {describeUrl, parseDatabaseUrl} from '../../src/database/url.ts'

describe('a database URL', () => {
  it('is read with every part percent-decoded', () => {
    assert.deepEqual(
      {
        ...parseDatabaseUrl(
          'postgresql://us%40er:p%2Fa%3Fss%25@db.example:6543/my%20db?sslmode=require',
        ),
      },
      {
        engine: 'postgresql',
        user: 'us@er',
        password: 'p/a?ss%',
        hosts: [{host: 'db.example', port: 6543}],
        database: 'my db',
        parameters: Object.assign(Object.create(null), {sslmode: 'require'}),
      },
    )
  })

  it('may leave everything out', () => {
    const {parameters: _, ...parsed} = parseDatabaseUrl('postgres://') as {parameters: unknown}
    assert.deepEqual(parsed, {engine: 'postgresql', hosts: [{}]})
  })

  for (const [url, expected] of [
    ['postgres://u:p@ss@host/db', {user: 'u', password: 'p@ss', hosts: [{host: 'host'}]}],
    ['postgres://u:p#x@host/db', {user: 'u', password: 'p#x', hosts: [{host: 'host'}]}],
    ['postgres://u@[::1]:5433/db', {user: 'u', hosts: [{host: '::1', port: 5433}]}],
    ['postgres:///db?host=/run/postgresql', {hosts: [{host: '/run/postgresql'}], database: 'db'}],
    ['postgres://%2Frun%2Fpostgresql/db', {hosts: [{host: '/run/postgresql'}], database: 'db'}],
    [
      'postgres://u@one,two:5433/db',
      {user: 'u', hosts: [{host: 'one'}, {host: 'two', port: 5433}]},
    ],
    [
      'postgres://[::1]:1,%2Ftmp:2/db',
      {
        hosts: [
          {host: '::1', port: 1},
          {host: '/tmp', port: 2},
        ],
      },
    ],
    [
      'postgres:///db?host=one,two&port=7',
      {
        hosts: [
          {host: 'one', port: 7},
          {host: 'two', port: 7},
        ],
      },
    ],
    [
      'postgres:///?host=one,two&port=7,8',
      {
        hosts: [
          {host: 'one', port: 7},
          {host: 'two', port: 8},
        ],
      },
    ],
    ['postgres://one:5/db?port=6', {hosts: [{host: 'one', port: 5}]}],
    ['postgres://host?user=me@there&dbname=x', {user: 'me@there', database: 'x'}],
  ] as const) {
    it(`understands ${url}`, () => {
      const parsed = parseDatabaseUrl(url) as unknown as Record<string, unknown>
      for (const [name, value] of Object.entries(expected)) assert.deepEqual(parsed[name], value)
    })
  }

  it('names an embedded database by its folder, or in memory', () => {
    assert.deepEqual(parseDatabaseUrl('pglite:/data/shop'), {
      engine: 'pglite',
      folder: '/data/shop',
    })
    assert.deepEqual(parseDatabaseUrl('pglite:memory'), {engine: 'pglite'})
  })

  for (const url of [
    'mysql://u:s3cret@host/db',
    'postgres://u:s3cret@host:port/db',
    'postgres://u:s3cret@host:70000/db',
    'postgres://u:s3/cret@host/db',
    'postgres://u:s3cret%@host/db',
    'postgres://u:s3cret@one,two:70000/db',
    'postgres://u:s3cret@one,two,three/db?port=1,2',
    's3cret',
    'pglite:',
    '',
  ]) {
    it(`refuses ${JSON.stringify(url)} without repeating it`, () => {
      assert.throws(
        () => parseDatabaseUrl(url),
        (error: Error & {code?: string; hint?: string}) => {
          assert.equal(error.code, 'CONFIG_INVALID')
          assert.doesNotMatch(JSON.stringify([error, error.message, error.stack, error.hint]), /s3/)
          return true
        },
      )
    })
  }

  it('is shown without password and parameters', () => {
    assert.equal(
      describeUrl('postgres://me:s3cret@db.example:5433/shop?sslpassword=s3cret'),
      'postgres://me@db.example:5433/shop',
    )
    assert.equal(
      describeUrl('postgres://me:s3cret@one:1,[::1],%2Ftmp/shop?target_session_attrs=primary'),
      'postgres://me@one:1,[::1],%2Ftmp/shop',
    )
    assert.equal(describeUrl('pglite:./data'), 'pglite:./data')
    assert.equal(describeUrl('pglite:memory'), 'pglite:memory')
  })
})
