import assert from 'node:assert/strict'
import {createWriteStream} from 'node:fs'
import {mkdir, readFile, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {fileURLToPath} from 'node:url'
import {withShell, type Shell} from '../cli/built.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import {describeWith} from '../support/services.ts'

const megabyte = 1_000_000

/** A script of 100 MB that fails near its end while the database has no table `flag`. */
interface Large {
  readonly text: () => Iterable<string>
  readonly rows: number
  /** Line and column of what fails. */
  readonly place: string
  readonly message: RegExp
  /** Its line, as it is shown. */
  readonly shown: string
}

/** The server's process says what memory it had at most, as its system counts it. */
const tellMemory = `DO $$ BEGIN RAISE NOTICE '%',
  (SELECT substring(pg_read_file('/proc/self/status') FROM 'VmHWM:[^k]*kB')); END $$;`

/** 100,000 statements in 900,000 lines, most of them text: so the parser is soon done. */
const inserts: Large = {
  *text() {
    const note = Array.from(
      {length: 8},
      (_, line) => `${line} 😀 ${"it''s; a note --- ".repeat(6)}`,
    )
    yield 'CREATE TABLE seed (id int, note text);\n'
    for (let id = 1; id <= 100_000; id += 1) {
      yield `INSERT INTO seed VALUES (${id}, '${note.join('\n')}\n');\n`
    }
    yield `${tellMemory}\n/* 😀 */ SELECT '😀é', (SELECT count(*) FROM flag);\n`
  },
  rows: 100_000,
  place: '900004:44',
  message: /relation "flag" does not exist/,
  shown: `> 900004 | /* 😀 */ SELECT '😀é', (SELECT count(*) FROM flag);`,
}

/** 900,000 rows. */
const copies: Large = {
  *text() {
    yield 'CREATE TABLE seed (id int, note text '
    yield "CHECK (note IS NOT NULL OR to_regclass('flag') IS NOT NULL));\n"
    yield 'COPY seed FROM stdin;\n'
    for (let id = 1; id <= 899_999; id += 1) yield `${id}\t😀 ${'a note, '.repeat(12)}\n`
    yield `900000\t\\N\n\\.\n${tellMemory}\n`
  },
  rows: 900_000,
  place: '900002:1',
  message: /new row for relation "seed" violates check constraint/,
  shown: '> 900002 | 900000\t\\N',
}

/** Most memory, in bytes, that a run of the built program had. */
async function peakOf(shell: Shell, args: string, env: Record<string, string> = {}) {
  const fixture = fileURLToPath(new URL('fixtures/peak-memory.ts', import.meta.url))
  const outcome = await shell.run(args, {
    ...env,
    NODE_OPTIONS: `--import ${fixture}`,
    PEAK_FOLDER: shell.folder,
  })
  return {...outcome, peak: Number(await readFile(join(shell.folder, 'run.js'), 'utf8'))}
}

async function writeLarge({folder, write}: Shell, {text}: Large): Promise<number> {
  await write({
    'squizzle.config.cjs':
      "module.exports = {project: 'shop', migrations: './db', database: {url: process.env.DATABASE_URL}, storage: {type: 'local', config: {path: 'artifacts'}}}",
  })
  const file = join(folder, 'db/0001_seed.sql')
  await mkdir(join(folder, 'db'))
  await pipeline(Readable.from(text()), createWriteStream(file))
  return (await stat(file)).size
}

describeWith(['postgres15'], 'a migration of 100 MB', () => {
  for (const [what, large, backend] of [
    ['INSERT statements', inserts, 200 * megabyte],
    ['COPY rows', copies, 200 * megabyte],
  ] as const) {
    it(`of ${what} is built and applied in bounded memory, and its errors have their lines`, () =>
      withShell((shell) =>
        withTestDatabase('postgres15', async (url) => {
          const size = await writeLarge(shell, large)
          assert.ok(size > 95 * megabyte, `${size} bytes`)

          const built = await peakOf(shell, 'build 1.0.0 --offline')
          assert.equal(built.exitCode, 0, built.stderr)
          assert.ok(built.peak < 2 * size + 250 * megabyte, `build: ${built.peak}`)

          const apply = 'apply 1.0.0 --offline --allow-nonempty'
          const failed = await shell.run(apply, {DATABASE_URL: url})
          assert.equal(failed.exitCode, 1)
          assert.ok(
            failed.stderr.startsWith(`Error: 1.0.0/0001_seed.sql:${large.place}: `) ||
              failed.stderr.includes(`\nError: 1.0.0/0001_seed.sql:${large.place}: `),
            failed.stderr.slice(-2000),
          )
          assert.match(failed.stderr, large.message)
          assert.ok(failed.stderr.includes(large.shown), failed.stderr.slice(-2000))

          await withClient(url, (client) => client.query('create table flag ()'))
          const applied = await peakOf(shell, apply, {DATABASE_URL: url})
          assert.equal(applied.exitCode, 0, applied.stderr.slice(-2000))
          assert.ok(applied.peak < size + 200 * megabyte, `apply: ${applied.peak}`)
          const kilobytes = /VmHWM:\s*(\d+) kB/.exec(applied.stdout + applied.stderr)?.[1]
          assert.ok(Number(kilobytes) * 1024 < backend, `server: ${kilobytes} kB`)
          await withClient(url, async (client) => {
            const {rows} = await client.query('select count(*)::int as n from seed')
            assert.deepEqual(rows, [{n: large.rows}])
          })
        }),
      )).timeout(300_000)
  }
})
