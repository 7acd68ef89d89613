import assert from 'node:assert/strict'
import {mkdir, readFile, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {withTempDir} from '../../src/files/temp.ts'
import type {StorageHook} from '../../src/index.ts'
import {run} from '../support/run.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Writes the page's modules into a project that has the built package installed. */
async function withExamples(work: (folder: string) => Promise<void>): Promise<void> {
  const page = await readFile(join(root, 'docs/reference/library.md'), 'utf8')
  await withTempDir(async (folder) => {
    await mkdir(join(folder, 'node_modules'))
    await symlink(root, join(folder, 'node_modules/squizzle'))
    await symlink(join(root, 'node_modules/valibot'), join(folder, 'node_modules/valibot'))
    await writeFile(join(folder, 'package.json'), '{"type": "module"}')
    const modules = [...page.matchAll(/^```typescript\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)]
    assert.equal(modules.length, 4)
    for (const [, name = '', code = ''] of modules) await writeFile(join(folder, name), code)
    await work(folder)
  })
}

const load = async (folder: string, name: string): Promise<Record<string, unknown>> =>
  import(pathToFileURL(join(folder, name)).href)

describe('the manual of the library', () => {
  it('shows modules that compile against the package', () =>
    withExamples(async (folder) => {
      const config = {
        extends: join(root, 'tsconfig.json'),
        compilerOptions: {noEmit: true, typeRoots: [join(root, 'node_modules/@types')]},
        include: ['*.ts'],
        exclude: ['node_modules'],
      }
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
      const {exitCode, stdout} = await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder])
      assert.equal(exitCode, 0, stdout)
    })).timeout(180_000)

  it('shows modules that do what it says', () =>
    withExamples(async (folder) => {
      const config = (await load(folder, 'squizzle.config.ts')) as {
        default: (given: object) => {storage: {config: object}}
      }
      assert.deepEqual(config.default({environment: 'staging'}).storage.config, {
        path: './artifacts-staging',
      })

      const {default: hook} = (await load(folder, 'storage.ts')) as {default: StorageHook}
      const [backend] = await hook({apiVersion: 1})
      const surroundings = {root: folder, env: {}, stateDir: folder, warn: assert.fail}
      const storage = await backend?.open({name: 'shop'}, surroundings)
      assert.equal(storage?.url, 'memory:shop')
      assert.equal(await storage.resolve('1.0.0'), undefined)

      const {refuse, exitCodeOf} = (await load(folder, 'errors.ts')) as {
        refuse: (user: string) => never
        exitCodeOf: (error: unknown) => number
      }
      assert.throws(
        () => refuse('ada'),
        (error) => exitCodeOf(error) === 4,
      )
    }))
})
