import assert from 'node:assert/strict'
import {analyze} from './analysis.ts'

const remarks = async (sql: string): Promise<readonly string[]> => (await analyze(sql)).remarks

describe('a value added to an enum', () => {
  for (const use of [
    "update orders set state = 'refunded'",
    "select 'refunded'::order_state",
    "insert into orders select 1, case when true then 'refunded' end::order_state",
    "create view v as select * from orders where state = any (array['paid', 'refunded'])",
    "do $$begin update orders set state = 'refunded'; end$$",
    "alter table orders alter state set default 'refunded'",
  ]) {
    it(`is remarked where the same script seems to use it: ${use}`, async () => {
      const [remark = '', ...others] = await remarks(
        `alter type order_state add value 'refunded';\nselect 1;\n${use};`,
      )
      assert.match(remark, /^line 3 uses 'refunded', which line 1 adds to an enum: .*55P04/)
      assert.match(remark, /-- squizzle: no-transaction/)
      assert.deepEqual(others, [])
    })
  }

  for (const sql of [
    "alter type t add value 'x'",
    "select 'x'; alter type t add value 'x'",
    "alter type t add value 'x'; select 'y'",
    "alter type t add value 'x'; select x from x",
    "alter type t rename value 'y' to 'x'; select 'x'",
    "alter type t add value 'x'; create function f() returns t language plpgsql as $$begin return 'x'; end$$",
    "-- squizzle: no-transaction\nalter type t add value 'x'; select 'x'::t",
  ]) {
    it(`is not remarked in ${JSON.stringify(sql)}`, async () => {
      const found = await remarks(sql)
      assert.deepEqual(
        found.filter((remark) => remark.includes('55P04')),
        [],
      )
    })
  }
})
