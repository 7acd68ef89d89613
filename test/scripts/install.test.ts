import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {withTempDir} from '../../src/files/temp.ts'
import {pins} from '../support/pins.ts'
import {run} from '../support/run.ts'
import {describeWith, tool} from '../support/services.ts'

const common = join(import.meta.dirname, '../../scripts/lib/common.sh')

/** A bash script on the pieces of scripts/lib, whose $part is the folder to install into. */
const bash = (folder: string, script: string): [string, string[]] => [
  'bash',
  ['-c', `source "$0"; part=$1/part; ${script}`, common, folder],
]

describe('installing a part', () => {
  it('leaves nothing in its place when it fails, and says why', () =>
    withTempDir(async (folder) => {
      const failing = 'fail() { echo half >"$1/file"; echo the disk is full; false; }'
      const script = `${failing}; build_once "$part" title fail || echo "$why"`
      const {stdout} = await run(...bash(folder, script))
      assert.equal(stdout, 'installing it failed: the disk is full\n')
      assert.deepEqual(await readdir(folder), [])
    }))

  it('is done again after it was killed half-way', () =>
    withTempDir(async (folder) => {
      const hanging = 'hang() { echo half >"$1/file"; echo begun >&3; read -r; }'
      const child = spawn(...bash(folder, `${hanging}; exec 3>&1; build_once "$part" title hang`))
      await once(createInterface(child.stdout), 'line')
      child.kill('SIGKILL')
      await once(child, 'close')
      const whole = 'whole() { echo whole >"$1/file"; }'
      await run(...bash(folder, `${whole}; build_once "$part" title whole`))
      assert.equal(readFileSync(join(folder, 'part/file'), 'utf8'), 'whole\n')
    }))

  it('is done once, when two do it at the same time', () =>
    withTempDir(async (folder) => {
      const script = 'own() { echo "$$" >"$1/$$"; }; build_once "$part" title own'
      const both = await Promise.all([run(...bash(folder, script)), run(...bash(folder, script))])
      assert.deepEqual(
        both.map(({exitCode}) => exitCode),
        [0, 0],
      )
      assert.deepEqual(await readdir(folder), ['part'])
      assert.equal((await readdir(join(folder, 'part'))).length, 1)
    }))
})

describeWith(['oras', 'node22', 'node26'], 'the installed tools', () => {
  it('are of the pinned versions', async () => {
    const versions = await Promise.all([
      run(tool('oras'), ['version']),
      run(tool('node22'), ['--version']),
      run(tool('node26'), ['--version']),
    ])
    const [oras, node22, node26] = versions.map(({stdout}) => stdout.split('\n')[0])
    assert.match(oras ?? '', new RegExp(`^Version: +${pins['ORAS_VERSION']}\\b`))
    assert.equal(node22, `v${pins['NODE22_VERSION']}`)
    assert.equal(node26, `v${pins['NODE26_VERSION']}`)
  })
})
