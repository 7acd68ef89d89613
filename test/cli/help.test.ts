import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {squizzle} from './program.ts'

const root = new URL('../../', import.meta.url)
const bin = fileURLToPath(new URL('bin/run.js', root))

/** Ids such as `cache:clear`. */
const ids = Object.keys(
  (
    JSON.parse(readFileSync(new URL('oclif.manifest.json', root), 'utf8')) as {
      commands: Record<string, unknown>
    }
  ).commands,
)

describe('squizzle --help', () => {
  it('shows the way of a release first, in its order', async () => {
    const {stdout} = await squizzle(['--help'], {script: bin})
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name)
    assert.deepEqual(listed.slice(0, 7), [
      'init',
      'new',
      'build',
      'push',
      'pull',
      'apply',
      'status',
    ])
    assert.deepEqual(new Set(listed).size, listed.length, 'each once')
    const words = new Set(ids.map((id) => id.split(':')[0]))
    assert.deepEqual(
      [...words].filter((word) => !listed.includes(word)),
      [],
      'none is left out',
    )
  })

  it('is there for every command, with an example', async () => {
    for (const id of ids.filter((name) => name !== 'help' && !name.startsWith('plugins'))) {
      const {exitCode, stdout} = await squizzle([...id.split(':'), '--help'], {script: bin})
      assert.equal(exitCode, 0, id)
      assert.match(stdout, /\nUSAGE\n {2}\$ squizzle /, id)
      assert.match(stdout, /\nEXAMPLES?\n {2}\$ squizzle /, id)
    }
  }).timeout(180_000)
})
