import assert from 'node:assert/strict'
import {fileURLToPath} from 'node:url'
import {newestVersion} from '../support/shop.ts'
import {run} from '../support/run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('scripts/quickstart', () => {
  it('ends with the newest release applied, having shown each command, whatever its surroundings', async () => {
    const hostile = {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x',
      CI: 'true',
      SQUIZZLE_ENV: 'production',
    }
    const {exitCode, stdout, stderr} = await run('scripts/quickstart', [], {
      cwd: root,
      env: {...process.env, ...hostile},
    })
    assert.equal(exitCode, 0, stderr)
    const commands = stdout.split('\n').filter((line) => line.startsWith('$ squizzle '))
    assert.equal(commands.at(-1), '$ squizzle status')
    assert.ok(commands.includes('$ squizzle build 1.3.0 --merge 1.1.1'))
    assert.ok(commands.includes('$ squizzle pull') && commands.includes('$ squizzle apply'))
    assert.equal(stdout.trimEnd().split('\n').at(-1), `Up to date with ${newestVersion}`)
    assert.match(stdout, new RegExp(`^${newestVersion.replaceAll('.', '\\.')} +applied`, 'm'))
  }).timeout(180_000)
})
