import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {releases} from '../../examples/shop/history/releases.ts'

const shop = join(import.meta.dirname, '../../examples/shop')
const migrations = join(shop, 'db/migrations')
const run = promisify(execFile)

describe("the example shop's history", () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'squizzle-shop-'))
  })

  afterEach(() => rm(folder, {recursive: true}))

  it('releases every versioned migration of the folder once, in the order of their names', async () => {
    const released = releases.flatMap((release) => release.migrations)
    const versioned = released.filter((name) => !name.startsWith('R__'))
    assert.deepEqual(versioned, forwardNames(await readdir(migrations)))
  })

  it('has, at its newest release, the files of the migrations folder', async () => {
    await checkout('2.1.0', folder)
    assert.deepEqual(await contents(folder), await contents(migrations))
  })

  it('keeps the two lines apart until one merges the other', async () => {
    await checkout('1.2.0', folder)
    const feature = await contents(folder)
    await checkout('1.1.1', folder)
    const hotfix = await contents(folder)
    assert.deepEqual(forwardNames([...feature.keys()]).slice(10), [
      '0011_order_country',
      '0012_order_country_backfill',
      '0013_order_country_check',
      '0014_order_country_required',
    ])
    assert.deepEqual(forwardNames([...hotfix.keys()]).slice(10), ['0015_single_capture'])

    const view = 'R__order_totals.sql'
    assert.match(feature.get(view) ?? '', /placed\.country/)
    assert.doesNotMatch(hotfix.get(view) ?? '', /placed\.country/)
    await checkout('1.3.0', folder)
    assert.match((await contents(folder)).get(view) ?? '', /placed\.country[^]*LATERAL/)
  })

  it('leaves what is not SQL alone, and refuses to write over itself', async () => {
    await writeFile(join(folder, 'README.md'), 'kept')
    await checkout('1.0.0', folder)
    assert.equal(await readFile(join(folder, 'README.md'), 'utf8'), 'kept')

    const before = await contents(migrations)
    await assert.rejects(checkout('1.0.0', migrations), /name another folder/)
    assert.deepEqual(await contents(migrations), before)
  })

  it('prints the order of building, with the option that a merge needs', async () => {
    const {stdout} = await run(process.execPath, [join(shop, 'history/checkout.ts')])
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      '1.0.0',
      '1.1.0',
      '1.2.0',
      '1.1.1',
      '1.3.0 --merge 1.1.1',
      '1.4.0',
      '2.0.0',
      '2.1.0',
    ])
  })
})

async function checkout(version: string, folder: string): Promise<void> {
  await run(process.execPath, [join(shop, 'history/checkout.ts'), version, folder])
}

function forwardNames(files: readonly string[]): readonly string[] {
  return files
    .filter((name) => /^\d+_\w+\.sql$/.test(name))
    .map((name) => name.slice(0, -'.sql'.length))
    .toSorted()
}

/** Each SQL file's text, by its name. */
async function contents(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted()
  const texts = names.map((name) => readFile(join(folder, name), 'utf8'))
  return new Map((await Promise.all(texts)).map((text, i) => [names[i] ?? '', text]))
}
