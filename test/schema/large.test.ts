import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {setImmediate} from 'node:timers/promises'
import {loadModule, parseSync} from 'libpg-query'
import {isSquizzleError, type SquizzleError} from '../../src/errors.ts'
import {analyze, cut, refusal} from './analysis.ts'

const mebibyte = 1024 * 1024

/** Lines of SQL that take the parser no time, up to a size. */
function filler(size: number): string {
  const line = `insert into a values ('${"x;''".repeat(20_000)}');\n`
  return line.repeat(Math.ceil(size / line.length))
}

/** Every kind of semicolon that ends no statement. */
const tricky = `create rule r as on insert to a do also (insert into b values (1); delete from c where d = ';');
create or replace function f(n int) returns text language sql
begin atomic
  select case when n > 0 then 'a;' else case n when 1 then 'b' end end;
  select 1 as begin, 2 as "end";
end;
create procedure p() language plpgsql as $p$ begin perform 1; end; $p$;
select E'\\';', U&'\\00e9;', $é$;$é$ /* ; /* ; */ ; */; -- ;
do $$ begin perform 1; end $$;
`

async function failureOf(sql: string): Promise<SquizzleError> {
  const error: unknown = await analyze(sql).then(
    () => assert.fail('not refused'),
    (reason: unknown) => reason,
  )
  assert.ok(isSquizzleError(error))
  return error
}

function isParser(pid: string): boolean {
  return pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('parser-process')
}

/** Waits for the parser's process, which the system tells of. */
async function parserProcess(): Promise<number> {
  for (;;) {
    const tasks = readdirSync('/proc/self/task')
    const children = tasks.map((task) => readFileSync(`/proc/self/task/${task}/children`, 'utf8'))
    const child = children.join(' ').split(' ').find(isParser)
    if (child !== undefined) return Number(child)
    await setImmediate()
  }
}

describe('a script above 4 MiB', () => {
  it('gives what the same statements give below', async () => {
    const small = await analyze(tricky)
    const large = await analyze(`${filler(5 * mebibyte)}${tricky}`)
    const rows = filler(5 * mebibyte).split('\n').length - 1
    assert.equal(large.statements, rows + (small.statements ?? 0))
    assert.equal(large.transaction, true)
  })

  it('is cut into batches of whole statements', async () => {
    const sql = `${filler(3 * mebibyte)}${tricky.repeat(1000)}${filler(3 * mebibyte)}`
    const {batches = []} = await analyze(sql)
    await loadModule()
    const parts = cut(Buffer.from(sql), batches)
    assert.equal(parts.join(''), sql)
    assert.ok(parts.length > 6)
    for (const part of parts) {
      assert.ok(Buffer.byteLength(part) <= mebibyte)
      assert.ok((parseSync(part).stmts ?? []).length > 0)
    }
  })

  it('is refused by line, column and caret of the whole file', async () => {
    const head = `${filler(5 * mebibyte)}-- é😀\n${tricky}`
    const {place, what, excerpt} = await refusal(
      `${head}select '😀', frm from;\n${filler(mebibyte)}`,
    )
    const line = head.split('\n').length
    assert.equal(place, `${line}:21`)
    assert.equal(what, 'syntax error at or near ";"')
    assert.equal(excerpt.split('\n')[0], `  ${line} | select '😀', frm from;`)
  })

  for (const [what, sql, message] of [
    ['a COMMIT', 'commit;', /^COMMIT cannot be part of a script/],
    ['DISCARD ALL', 'discard all;', /^DISCARD ALL/],
    ['VACUUM', 'vacuum a;', /^VACUUM cannot run in a transaction/],
    ['another command of psql', '\\i x.sql', /^\\i is a command/],
    ['an index that nobody named', 'create index concurrently on a (b);', /without a name/],
  ] as const) {
    it(`is refused for ${what} between its pieces`, async () => {
      const head = filler(5 * mebibyte)
      const refused = await refusal(`${head} ${sql}\n${filler(mebibyte)}`)
      assert.equal(refused.place, `${head.split('\n').length}:2`)
      assert.match(refused.what, message)
    })
  }

  it('loses one BEGIN ... COMMIT around it', async () => {
    const rows = filler(5 * mebibyte)
    const {sql, remarks} = await analyze(`begin;\n${rows}commit;\n`)
    assert.equal(Buffer.from(sql).toString(), `      \n${rows}       \n`)
    assert.match(remarks.join(), /BEGIN and COMMIT taken off/)
  })

  it('is told of a new enum value that another piece uses', async () => {
    const rows = filler(5 * mebibyte)
    const {remarks} = await analyze(`alter type t add value 'new';\n${rows}select 'new'::t;`)
    const line = rows.split('\n').length + 1
    assert.match(remarks.join(), new RegExp(`^line ${line} uses 'new', which line 1 adds`))
  })

  it('may be one statement', async () => {
    const text = await analyze(`select '${'x'.repeat(20 * mebibyte)}';`)
    assert.equal(text.statements, 1)
    assert.equal(text.batches, undefined)
  })

  it('names the line below which a statement is more than the parser can hold', async () => {
    const head = filler(5 * mebibyte)
    const {code, details} = await failureOf(`${head}select 1${'+1'.repeat(600_000)};\n`)
    assert.equal(code, 'TOO_LARGE')
    assert.equal(details['line'], head.split('\n').length)
  })

  it('is given up at once when the build is told to end', async () => {
    const controller = new AbortController()
    const analysis = analyze(`select ${'1,'.repeat(2 * mebibyte)}1;`, {signal: controller.signal})
    const child = await parserProcess()
    controller.abort(new Error('told to end'))
    await assert.rejects(analysis, /^Error: told to end$/)
    assert.throws(() => process.kill(child, 0), {code: 'ESRCH'})
  })

  it('is refused where its parser is killed', async () => {
    const failed = failureOf(`select ${'1,'.repeat(2 * mebibyte)}1;`)
    process.kill(await parserProcess(), 'SIGKILL')
    const {code, cause} = await failed
    assert.equal(code, 'TOO_LARGE')
    assert.match(String(cause), /the parser ended by SIGKILL/)
  })
})
