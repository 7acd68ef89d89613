import assert from 'node:assert/strict'
import {apply} from '../support/apply.ts'
import {artifact} from '../support/artifact.ts'
import {describePostgres, withEngine} from '../support/engines.ts'
import {withProxy} from '../support/proxy.ts'

const manyFiles = (count: number, sql: (index: number) => string) =>
  Object.fromEntries(
    Array.from({length: count}, (_, index) => [`m${String(index).padStart(4, '0')}`, sql(index)]),
  )

/** Messages of the client after it logged in. */
async function countMessages(
  url: string,
  work: (url: string) => Promise<unknown>,
): Promise<number> {
  let count = 0
  const fromClient = ({type}: {type: string}) => {
    if (type === 'Q') count += 1
  }
  await withProxy(url, {fromClient}, work)
  return count
}

describePostgres('the network', (engine) => {
  it('is crossed a few times only, however many scripts a release has', async () => {
    await withEngine(engine, async ({url}) => {
      const first = {
        version: '1.0.0',
        files: manyFiles(100, (index) => `create table a${index} ()`),
      }
      const second = {
        version: '1.1.0',
        files: manyFiles(100, (index) => `create table b${index} ()`),
      }
      const fresh = await countMessages(url, (through) => apply(through, artifact([first])))
      const known = await countMessages(url, (through) => apply(through, artifact([first, second])))
      const nothing = await countMessages(url, (through) =>
        apply(through, artifact([first, second])),
      )
      assert.ok(fresh <= 17, `${fresh} messages for a new database`)
      assert.ok(known <= 11, `${known} messages for one more release`)
      assert.ok(nothing <= 4, `${nothing} messages for nothing to do`)
    })
  })

  it('is crossed once for each script where constraints are deferred', async () => {
    await withEngine(engine, async ({url}) => {
      const parent =
        'create table p (i int primary key); create table c (i int references p deferrable)'
      const first = {version: '1.0.0', files: {parent}}
      const second = {
        version: '1.1.0',
        files: manyFiles(20, (index) => `create table b${index} ()`),
      }
      await apply(url, artifact([first]))
      const count = await countMessages(url, (through) => apply(through, artifact([first, second])))
      assert.ok(count <= 32, `${count} messages`)
    })
  })

  it('carries at most about a megabyte in a message', async () => {
    await withEngine(engine, async ({url}) => {
      const sizes: number[] = []
      const fromClient = ({bytes}: {bytes: Buffer}) => void sizes.push(bytes.length)
      const filler = `-- ${'x'.repeat(299_996)}\n`
      const small = manyFiles(5, () => `${filler}select 1;`)
      const cuts = ['select 0', 'select 1', 'select 2', 'select 3', 'select 4']
      const large = {sql: [0, 1, 2, 3, 4].map((n) => `${filler}select ${n};\n`).join(''), cuts}
      await withProxy(url, {fromClient}, (through) =>
        apply(through, artifact([{version: '1.0.0', files: {...small, large}}])),
      )
      assert.ok(Math.max(...sizes) < 1_100_000, `${Math.max(...sizes)} bytes`)
      assert.equal(sizes.filter((size) => size > 250_000).length, 4)
    })
  })
})
