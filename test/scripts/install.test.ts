import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {createHash} from 'node:crypto'
import {once} from 'node:events'
import {mkdir, readFile, readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {withTempDir} from '../../src/files/temp.ts'
import {pins} from '../support/pins.ts'
import {run} from '../support/run.ts'
import {describeWith, tool} from '../support/services.ts'

const setup = join(import.meta.dirname, '../../scripts/lib/setup.sh')

/** A bash script on the pieces of scripts/lib, whose $part is the folder to install into. */
const bash = (folder: string, script: string): [string, string[]] => [
  'bash',
  ['-c', `source "$0"; part=$1/part; ${script}`, setup, folder],
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
      assert.equal(await readFile(join(folder, 'part/file'), 'utf8'), 'whole\n')
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

describe('downloading oras', () => {
  it('unpacks an archive that has the checksum of its release', () =>
    withTempDir(async (folder) => {
      const sum = await writeRelease(folder)
      await writeChecksum(folder, sum)
      const {exitCode, stderr} = await run(...bash(folder, downloadFromFolder))
      assert.equal(exitCode, 0, stderr)
      assert.deepEqual(await readdir(join(folder, 'part')), ['oras'])
    }))

  it('refuses an archive that has another', () =>
    withTempDir(async (folder) => {
      const sum = await writeRelease(folder)
      await writeChecksum(folder, sum.replaceAll(/[0-7]/g, '8'))
      const {exitCode} = await run(...bash(folder, downloadFromFolder))
      assert.equal(exitCode, 1)
      assert.equal((await readdir(join(folder, 'part'))).includes('oras'), false)
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

/** Instead of fetching a file of the release, takes it from the folder "release". */
const downloadFromFolder = `
  download() { cp "\${part%/part}/release/\${1##*/}" "$2"; }
  mkdir "$part" && download_oras "$part"`

const version = pins['ORAS_VERSION']
const arch = process.arch === 'x64' ? 'amd64' : process.arch
const archive = `oras_${version}_${process.platform}_${arch}.tar.gz`

/** Writes the archive of a release, and returns its SHA-256. */
async function writeRelease(folder: string): Promise<string> {
  const release = join(folder, 'release')
  await mkdir(release)
  await writeFile(join(folder, 'oras'), 'the program')
  await run('tar', ['-czf', join(release, archive), '-C', folder, 'oras'])
  return createHash('sha256')
    .update(await readFile(join(release, archive)))
    .digest('hex')
}

async function writeChecksum(folder: string, sum: string): Promise<void> {
  await writeFile(join(folder, 'release', `oras_${version}_checksums.txt`), `${sum}  ${archive}\n`)
}
