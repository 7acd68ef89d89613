import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {withWorld} from '../support/project.ts'
import {run} from '../support/run.ts'
import {describeWith, tool} from '../support/services.ts'

describeWith(['skopeo', 'oras'], 'a local storage', () => {
  it('is read by skopeo and oras, byte for byte', () =>
    withWorld(async ({machine, artifacts}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', {'0001_a.sql': 'create table a ();'})
      const {digest} = await dev.release('1.1.0', {'0002_b.sql': 'create table b ();'})
      const stored = await readFile(join(artifacts, 'blobs/sha256', digest.slice(7)), 'utf8')

      const raw = await read('skopeo', 'inspect', '--raw', `oci:${artifacts}:1.1.0`)
      assert.equal(raw, stored)
      const fetched = await read('oras', 'manifest', 'fetch', '--oci-layout', `${artifacts}:1.1.0`)
      assert.equal(fetched, stored)

      const copy = join(dev.folder, 'copy')
      await read(
        'skopeo',
        '--insecure-policy',
        'copy',
        '--preserve-digests',
        `oci:${artifacts}:1.1.0`,
        `oci:${copy}:mine`,
      )
      const resolved = await read('oras', 'resolve', '--oci-layout', `${copy}:mine`)
      assert.equal(resolved.trim(), digest)
      const {layers}: {layers: {digest: string}[]} = JSON.parse(stored)
      for (const layer of layers) await readFile(join(copy, 'blobs/sha256', layer.digest.slice(7)))
    }))

  const read = async (program: 'skopeo' | 'oras', ...args: string[]) => {
    const {exitCode, stdout, stderr} = await run(tool(program), args)
    assert.equal(exitCode, 0, stderr)
    return stdout
  }
})
