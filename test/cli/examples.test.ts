import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describeWith} from '../support/services.ts'
import {setScene, type Scene} from './examples/scene.ts'
import {examples} from './examples/table.ts'

interface Manifest {
  readonly commands: Readonly<Record<string, {readonly examples?: readonly string[]}>>
}

const file = new URL('../../oclif.manifest.json', import.meta.url)
const {commands} = JSON.parse(readFileSync(file, 'utf8')) as Manifest

const shown = Object.values(commands)
  .flatMap(({examples: lines = []}) => lines)
  .map((line) => line.replaceAll('<%= config.bin %>', 'squizzle'))

describe('the help', () => {
  it('shows no example that is not run here, and each command has one', () => {
    assert.deepEqual(shown.toSorted(), Object.keys(examples).toSorted())
    const without = Object.entries(commands).filter(([, {examples: lines = []}]) => !lines.length)
    assert.deepEqual(
      without.map(([id]) => id),
      [],
    )
  })
})

describeWith(
  ['postgres15', 'registry', 's3', 'oras', 'psql'],
  'an example of the help does what it says:',
  () => {
    let root: string
    let scene: Scene

    before(async function () {
      this.timeout(240_000)
      root = await mkdtemp(join(tmpdir(), 'squizzle-examples-'))
      scene = await setScene(root)
    })
    after(async () => {
      await scene.strike()
      await rm(root, {recursive: true})
    })

    for (const [line, {folder, database, shows}] of Object.entries(examples)) {
      it(line, async () => {
        const {exitCode, stdout, stderr} = await scene.play(line, folder, database)
        assert.equal(exitCode, 0, stderr)
        assert.match(stdout + stderr, shows)
      }).timeout(180_000)
    }
  },
)
