import assert from 'node:assert/strict'
import type {ScriptRole} from '../../../src/artifact/release.ts'
import type {Step} from '../../../src/database/apply/steps.ts'
import {shownDetails} from '../../../src/database/failure-text.ts'
import {SquizzleError} from '../../../src/errors.ts'
import {analyzeScript} from '../../../src/schema/analyze.ts'
import {withClient, withTestDatabase} from '../../support/database.ts'
import {describeWith} from '../../support/services.ts'
import {apply, collectSteps, failureOf, ledgerOf, schema} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {untilAsleep} from '../support/asleep.ts'
import {describePostgres, withEngine} from '../support/engines.ts'
import {withProxy} from '../support/proxy.ts'
import {rollback} from '../support/rollback.ts'

/** A script as a build cuts it. */
async function scriptOf(sql: string, role: ScriptRole = 'forward') {
  const options = {file: 'a.sql', role, parse: 'required'} as const
  const {batches, transaction} = await analyzeScript(Buffer.from(sql), options)
  return {sql, transaction, ...(batches && {batches})}
}

/** A release of these files, cut as a build cuts them. */
async function built(files: Readonly<Record<string, string>>, version = '1.0.0') {
  const scripts = Object.entries(files).map(
    async ([name, sql]) => [name, await scriptOf(sql)] as const,
  )
  return artifact([{version, files: Object.fromEntries(await Promise.all(scripts))}])
}

const table = 'create table a (i int primary key, n text not null)'
const slowly = `create function slow() returns trigger language plpgsql as
  $$ begin perform pg_sleep(60); return new; end $$;
  create trigger slow before insert on a for each row execute function slow()`

describePostgres('COPY ... FROM stdin', (engine) => {
  it('brings its rows, between SQL before and after, in the transaction of its script', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const copy = `${table};\n-- rows\ncopy a (i, n) from stdin;\n1\té😀\\n\n2\t\\\\.\n\\.\nupdate a set n = n || '!';\ncopy a from stdin with (format csv, header);\ni,n\n3,"x\ny"\n\\.\n`
      await apply(url, await built({'0001_a': copy, '0002_b': 'create table b ()'}))
      assert.deepEqual(await ask('select i, n from a order by i'), [
        {i: 1, n: 'é😀\n!'},
        {i: 2, n: '\\.!'},
        {i: 3, n: 'x\ny'},
      ])
    })
  })

  it('brings back rows by a rollback script, or nothing of it where that fails', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const back = 'copy old from stdin;\n1\n2\n\\.\nupdate old set i = i * 10;\n'
      const emptied = {
        ...(await scriptOf('truncate old')),
        rollback: await scriptOf(back, 'rollback'),
      }
      const made = {version: '1.0.0', files: {old: 'create table old (i int primary key)'}}
      const shop = artifact([made, {version: '1.1.0', files: {emptied}}])
      await apply(url, shop)
      await ask('insert into old values (2)')
      const error = await failureOf(rollback(url, shop))
      assert.match(error.message, /emptied\.rollback\.sql:3:1: duplicate key/)
      assert.deepEqual(await ask('select i from old'), [{i: 2}])
      await ask('truncate old')
      assert.deepEqual((await rollback(url, shop)).undone, ['1.1.0'])
      assert.deepEqual(await ask('select i from old order by i'), [{i: 10}, {i: 20}])
    })
  })

  it('is sent again from its first row after live traffic got in the way', async () => {
    await withEngine(engine, async ({url, ask}) => {
      await ask(`${table}; create table busy ()`)
      const rows = Array.from({length: 30_000}, (_, i) => `${i}\t${'x'.repeat(80)}\n`).join('')
      const shop = await built({'0001_a': `copy a from stdin;\n${rows}\\.\nlock table busy;\n`})
      await withClient(url, async (traffic) => {
        await traffic.query('begin; lock table busy')
        const attempts: number[] = []
        const onStep = async (step: Step) => {
          if (step.type !== 'retry') return
          attempts.push(step.attempt)
          if (step.attempt === 2) await traffic.query('rollback')
        }
        const options = {
          plan: {allowNonempty: true, transaction: 'migration'},
          lockTimeout: '50ms',
        } as const
        await apply(url, shop, {...options, retry: {limit: 5, delay: 1}, onStep})
        assert.deepEqual(attempts, [1, 2])
      })
      assert.deepEqual(await ask('select count(*)::int as n from a'), [{n: 30_000}])
    })
  })

  it('leaves nothing where a later script fails', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const files = {
        '0001_a': `${table};\ncopy a from stdin;\n1\tx\n\\.\n`,
        '0002_b': 'select oops',
      }
      const error = await failureOf(apply(url, await built(files)))
      assert.match(error.message, /0002_b\.sql:1:8/)
      assert.deepEqual(await ask("select from pg_tables where tablename = 'a'"), [])
    })
  })

  it('leaves no settings to the next script', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const copy = `${table};\nset work_mem = '7MB';\nset client_encoding = latin1;\ncopy a from stdin;\n1\té\n\\.\n`
      const after = "insert into a select 2, current_setting('work_mem') || 'é'"
      await apply(url, await built({'0001_a': copy, '0002_b': after}))
      const [first, second] = await ask('select n from a order by i')
      assert.equal(first?.['n'], 'é')
      assert.notEqual(second?.['n'], '7MBé')
      assert.match(String(second?.['n']), /é$/)
    })
  })

  it('is told from a constraint that was put off: that fails at the end of the script', async () => {
    await withEngine(engine, async ({url}) => {
      const copy = `${table};\ncreate table c (i int references a deferrable initially deferred);\ncopy c from stdin;\n9\n\\.\n`
      const error = await failureOf(apply(url, await built({'0001_a': copy})))
      assert.match(error.message, /0001_a\.sql: at the end of the script: .*foreign key/)
    })
  })

  it('asks the server once each', async () => {
    const count = async (copies: number) => {
      let queries = 0
      const fromClient = ({type}: {type: string}) => {
        if (type === 'Q') queries += 1
      }
      const script = `${table};\n${'copy a from stdin;\n\\.\n'.repeat(copies)}`
      const shop = await built({'0001_a': script})
      await withTestDatabase(engine, (url) =>
        withProxy(url, {fromClient}, (through) => apply(through, shop)),
      )
      return queries
    }
    assert.equal((await count(12)) - (await count(2)), 10)
  })
})

/** What is wrong with the rows of a script, the line that is named, and what is shown of it. */
const refused = [
  [
    'a value of another type',
    'copy a from stdin;\n1\t😀\n2\té\nx\ty\n4\tz\n\\.\n',
    5,
    '22P02',
    '  3 | 1\t😀\n  4 | 2\té\n> 5 | x\ty\n  6 | 4\tz',
  ],
  ['too few columns', 'copy a from stdin;\n1\n\\.\n', 3, '22P04', '> 3 | 1'],
  ['too many columns', 'copy a from stdin;\n1\t2\t3\n\\.\n', 3, '22P04', '> 3 | 1\t2\t3'],
  ['a key that is there', 'copy a from stdin;\n1\tx\n2\ty\n1\tz\n\\.\n', 5, '23505', '> 5 | 1\tz'],
  [
    'no value where one must be',
    'copy a from stdin;\n1\tx\n2\t\\N\n\\.\n',
    4,
    '23502',
    '> 4 | 2\t\\N',
  ],
  [
    'a value below a header and rows of several lines',
    'copy a from stdin (format csv, header);\ni,n\n1,"a\n\nb"\nx,c\n\\.\n',
    7,
    '22P02',
    '> 7 | x,c',
  ],
  [
    'a value below a row that a backslash continues',
    'copy a from stdin;\n1\ta\\\nb\nx\tc\n\\.\n',
    5,
    '22P02',
    '> 5 | x\tc',
  ],
  [
    'a value far to the right in a long line',
    `copy a from stdin;\nx\t${'y'.repeat(50_000)}\n\\.\n`,
    3,
    '22P02',
    `> 3 | x\t${'y'.repeat(98)}...`,
  ],
  [
    'no such table',
    'select 1;\n copy b from stdin;\n1\n\\.\n',
    3,
    '42P01',
    '> 3 |  copy b from stdin;',
  ],
  [
    'the second of two',
    'copy a from stdin;\n1\tx\n\\.\ncopy a from stdin;\n1\ty\n\\.\n',
    6,
    '23505',
    '> 6 | 1\ty',
  ],
] as const

describePostgres('a row that is refused', (engine) => {
  for (const [what, sql, line, sqlstate, shown] of refused) {
    it(`is shown by its line: ${what}`, async () => {
      await withEngine(engine, async ({url}) => {
        const error = await failureOf(apply(url, await built({'0001_a': `${table};\n${sql}`})))
        assert.equal(error.code, 'MIGRATION_FAILED')
        assert.match(error.message, new RegExp(`^1\\.0\\.0/0001_a\\.sql:${line}:\\d+: `))
        assert.equal(error.details['sqlstate'], sqlstate)
        assert.ok(
          String(error.details['excerpt']).includes(shown),
          String(error.details['excerpt']),
        )
        assert.ok(shownDetails(error.details).length < 1500)
        assert.match(String(error.hint), /^Rolled back: the database is still without a release\./)
      })
    })
  }

  it('is named in the ledger', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const sql = `${table};\ncopy a from stdin;\n1\tx\nx\ty\n\\.\n`
      await failureOf(apply(url, await built({'0001_a': sql})))
      const events = await ask(
        `select statement, line, sqlstate from ${schema}.events where kind = 'failed'`,
      )
      assert.deepEqual(events, [{statement: 2, line: 4, sqlstate: '22P02'}])
    })
  })

  it('is found where a trigger of its own refuses it', async () => {
    await withEngine(engine, async ({url}) => {
      const trigger = `create function no() returns trigger language plpgsql as
        $$ begin if new.i = 2 then raise 'not %', new.n; end if; return new; end $$;
        create trigger no before insert on a for each row execute function no();`
      const sql = `${table};\n${trigger}\ncopy a from stdin;\n1\tx\n2\ty\n\\.\n`
      const {message, details} = await failureOf(apply(url, await built({'0001_a': sql})))
      assert.match(message, /0001_a\.sql:7:1: not y$/)
      assert.match(String(details['context']), /PL\/pgSQL/)
    })
  })
})

describePostgres('COPY ... FROM stdin, disturbed', (engine) => {
  it('ends when it is told to, with most of its rows not yet sent', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const controller = new AbortController()
      const rows = `1\t${'x'.repeat(1000)}\n`.repeat(20_000)
      const shop = await built({
        '0001_a': `${table};\n${slowly};\ncopy a from stdin;\n${rows}\\.\n`,
      })
      const failed = failureOf(apply(url, shop, {signal: controller.signal}))
      await untilAsleep(url)
      controller.abort(new SquizzleError('TERMINATED', 'terminated'))
      const error = await failed
      assert.equal(error.code, 'TERMINATED')
      assert.deepEqual(await ask("select from pg_tables where tablename = 'a'"), [])
    })
  })

  it('is finished by a second run when the connection was cut amid its rows', async () => {
    await withEngine(engine, async ({url, ask}) => {
      const rows = Array.from({length: 20_000}, (_, i) => `${i}\t${'x'.repeat(100)}\n`).join('')
      const shop = await built({'0001_a': `${table};\ncopy a from stdin;\n${rows}\\.\n`})
      const amid = Promise.withResolvers<void>()
      let sent = 0
      const fromClient = ({type}: {type: string}) => {
        if (type === 'd' && (sent += 1) === 10) amid.resolve()
        return sent < 10
      }
      const error = await withProxy(url, {fromClient}, async (through, cut) => {
        const failed = failureOf(apply(through, shop))
        await amid.promise
        cut()
        return failed
      })
      assert.equal(error.code, 'CONNECTION_LOST')
      assert.deepEqual((await apply(url, shop)).applied, ['1.0.0'])
      assert.deepEqual(await ask('select count(*)::int as n from a'), [{n: 20_000}])
      assert.equal((await ledgerOf(url)).releases.length, 1)
    })
  })

  it('reports what its triggers say', async () => {
    await withEngine(engine, async ({url}) => {
      const trigger = `create function say() returns trigger language plpgsql as
        $$ begin raise notice 'row %', new.i; return new; end $$;
        create trigger say before insert on a for each row execute function say();`
      const {steps, onStep} = collectSteps()
      const sql = `${table};\n${trigger}\ncopy a from stdin;\n1\tx\n2\ty\n\\.\n`
      await apply(url, await built({'0001_a': sql}), {onStep})
      const said = steps.flatMap((step: Step) =>
        step.type === 'notice' ? [step.notice.message] : [],
      )
      assert.deepEqual(said, ['row 1', 'row 2'])
    })
  })
})

describeWith(['pgbouncer'], 'COPY ... FROM stdin through a transaction pooler', () => {
  it('brings its rows', () =>
    withTestDatabase('pgbouncer', async (url) => {
      const rows = Array.from({length: 20_000}, (_, i) => `${i}\t${'x'.repeat(100)}\n`).join('')
      const script = (more: string) =>
        built({'0001_a': `${table};\ncopy a from stdin;\n${rows}${more}\\.\n`})
      const {message} = await failureOf(apply(url, await script('x\ty\n')))
      assert.match(message, /0001_a\.sql:20003:1: /)
      assert.deepEqual((await apply(url, await script(''))).applied, ['1.0.0'])
    }))
})

describe('COPY ... FROM stdin on the embedded database', () => {
  it('is refused before anything runs, since it would wait for ever', async () => {
    await withEngine('pglite', async ({url, ask}) => {
      const shop = await built({'0001_a': table, '0002_b': 'copy a from stdin;\n1\tx\n\\.\n'})
      const error = await failureOf(apply(url, shop))
      assert.equal(error.code, 'CONFIG_INVALID')
      assert.match(error.message, /embedded database cannot take the rows of COPY/)
      assert.deepEqual(await ask("select from pg_tables where tablename = 'a'"), [])
      assert.deepEqual(await ask(`select from pg_namespace where nspname = '${schema}'`), [])
    })
  })
})
