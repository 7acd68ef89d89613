import assert from 'node:assert/strict'
import {mkdir, readFile, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {Client} from 'pg'
import {withTempDir} from '../../src/files/temp.ts'
import {withTestDatabase} from '../support/database.ts'
import {run} from '../support/run.ts'
import {describeWith} from '../support/services.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The program that the page shows. */
async function example(): Promise<string> {
  const page = await readFile(join(root, 'docs/reference/library.md'), 'utf8')
  const [, program] = /^```typescript\n\/\/ release\.ts\n([\s\S]*?)^```$/m.exec(page) ?? []
  assert.ok(program)
  return program
}

/** A folder in which `squizzle` is installed, as this checkout has built it. */
async function withInstalled(story: (folder: string) => Promise<void>): Promise<void> {
  await withTempDir(async (folder) => {
    await mkdir(join(folder, 'node_modules'))
    await symlink(root, join(folder, 'node_modules/squizzle'))
    await writeFile(join(folder, 'release.mts'), await example())
    await story(folder)
  })
}

describeWith(['postgres15'], "the library page's program", () => {
  it('releases and applies', () =>
    withTestDatabase('postgres15', (url) =>
      withInstalled(async (folder) => {
        await mkdir(join(folder, 'db/migrations'), {recursive: true})
        await writeFile(join(folder, 'db/migrations/0001_a.sql'), 'create table a (id int);')
        const config = {
          project: 'shop',
          database: {url},
          storage: {type: 'local', config: {path: './artifacts'}},
          environments: {staging: {}},
        }
        await writeFile(join(folder, 'squizzle.config.json'), JSON.stringify(config))
        const {exitCode, stdout, stderr} = await run(process.execPath, ['release.mts'], {
          cwd: folder,
        })
        assert.equal(exitCode, 0, stderr)
        assert.match(stdout, /^built sha256:[0-9a-f]{64}\n1\.0\.0 1\.0\.0\n$/)
        assert.match(stderr, /^committed$/m, 'it is told of the steps')
        const client = new Client({connectionString: url})
        await client.connect()
        try {
          const {rows} = await client.query(
            "select version, run_by, to_regclass('a') is not null as made from squizzle.releases",
          )
          assert.deepEqual(rows, [{version: '1.0.0', run_by: 'release-bot', made: true}])
        } finally {
          await client.end()
        }
      }),
    )).timeout(180_000)

  it('ends with the code and exit code of what is wrong', () =>
    withInstalled(async (folder) => {
      await writeFile(join(folder, 'squizzle.config.json'), '{"storrage": {}}')
      const {exitCode, stderr} = await run(process.execPath, ['release.mts'], {cwd: folder})
      assert.equal(exitCode, 2)
      assert.match(stderr, /^CONFIG_INVALID: .*storrage/m)
    }))
})
