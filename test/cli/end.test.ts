import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {withTempDir} from '../../src/files/temp.ts'
import {squizzle} from './program.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** `process.exit` may wait for ever for V8's compilers: a run that ends without it can't. */
describe('the end of a run', () => {
  for (const [what, args, code] of [
    ['that went well', ['completion', 'bash'], 0],
    ['that failed', ['list', '--config', 'absent.json'], 2],
    ['whose command line is wrong', ['lst'], 2],
  ] as const) {
    it(`${what} comes by itself, without process.exit`, () =>
      withTempDir(async (folder) => {
        const called = join(folder, 'called')
        const witness = `import {writeFileSync} from 'node:fs'
          const exit = process.exit
          process.exit = (code) => { writeFileSync(${JSON.stringify(called)}, ''); exit(code) }`
        const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(witness)}`]
        const {exitCode} = await squizzle(args, {script: bin, nodeArgs, cwd: folder})
        assert.equal(exitCode, code)
        assert.equal(existsSync(called), false)
      }))
  }

  it('comes also where something forgotten would keep the process alive', () =>
    withTempDir(async (folder) => {
      const nodeArgs = ['--import', 'data:text/javascript,setInterval(() => {}, 1000)']
      const {exitCode} = await squizzle(['lst'], {script: bin, nodeArgs, cwd: folder})
      assert.equal(exitCode, 2)
    }))
})
