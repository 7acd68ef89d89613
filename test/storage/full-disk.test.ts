import assert from 'node:assert/strict'
import {fileURLToPath} from 'node:url'
import {withTempDir} from '../../src/files/temp.ts'
import {run} from '../support/run.ts'
import {describeWith} from '../support/services.ts'

const filling = fileURLToPath(new URL('processes/fill.ts', import.meta.url))

/** In a namespace of its own, so that the mount goes with the process, however that ends. */
const mounting = ['--map-root-user', '--mount', 'sh', '-c']
const mountAnd = 'mount -t tmpfs -o size=256k tmpfs "$1" && shift && exec "$@"'

describeWith(['private-mount'], 'a full disk', () => {
  const deeds = [
    ['write', /^no space left to write .*\/cache\/blobs\/sha256\//],
    ['add', /^no space left to write .*\/cache\/blobs\/sha256\//],
    ['addFile', /^no space left to write .*\/cache\/blobs\/sha256\//],
    ['pull', /^no space left to write .*\/cache\/blobs\/sha256\//],
    ['push', /^no space left to write .*\/artifacts\/blobs\/sha256\//],
    ['remember', /^no space left to write .*\/config\.json$/],
  ] as const
  for (const [deed, expected] of deeds) {
    it(`is named by "${deed}", which leaves nothing half-written`, () =>
      withTempDir(async (mount) => {
        const shell = [...mounting, mountAnd, 'sh', mount, process.execPath, filling, mount, deed]
        const {exitCode, stdout, stderr} = await run('unshare', shell)
        assert.equal(exitCode, 0, stderr)
        const {code, message, changed} = JSON.parse(stdout) as Record<string, unknown>
        assert.equal(code, 'NOT_WRITABLE')
        assert.match(String(message), expected)
        assert.deepEqual(changed, [])
      }))
  }
})
