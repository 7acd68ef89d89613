import assert from 'node:assert/strict'
import {mkdir, readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {run} from '../../support/run.ts'
import {describeWith, service, tool, type PartName} from '../../support/services.ts'
import {artifactOf, cacheWith, create, move} from './support/artifacts.ts'
import {newRepository, withWorkspace, type Workspace} from './support/workspace.ts'

const artifact = artifactOf(3)
const manifest = artifact.blobs.get(artifact.manifest.digest)!.toString()

/** Runs the work with the reference of an artifact that was pushed. */
function withPushed(work: (reference: string, workspace: Workspace) => Promise<void>) {
  return withWorkspace(async (workspace) => {
    const registry = service('registry').address
    const repository = newRepository()
    const cache = await cacheWith(workspace.newCache(), artifact)
    const storage = workspace.open({registry, repository})
    await storage.push(artifact.manifest, cache, [create('1.2.0'), move('latest')])
    await work(storage.reference('1.2.0'), workspace)
  })
}

async function output(name: PartName, ...args: string[]): Promise<string> {
  const {exitCode, stdout, stderr} = await run(tool(name), args)
  assert.equal(exitCode, 0, stderr)
  return stdout
}

describeWith(['registry', 'oras', 'crane', 'skopeo'], 'what was pushed', () => {
  it('is read byte for byte by skopeo and crane', () =>
    withPushed(async (reference) => {
      const raw = ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`]
      assert.equal(await output('skopeo', ...raw), manifest)
      assert.equal((await output('crane', 'manifest', '--insecure', reference)).trimEnd(), manifest)
      const config = await output('crane', 'config', '--insecure', reference)
      assert.equal(config.trimEnd(), artifact.blobs.get(artifact.config.digest)!.toString())
      const digest = await output('crane', 'digest', '--insecure', reference)
      assert.equal(digest.trim(), artifact.manifest.digest)
    }))

  it('is copied whole by skopeo', () =>
    withPushed(async (reference, {folder}) => {
      const layout = join(folder, 'copied')
      const from = ['--src-tls-verify=false', `docker://${reference}`]
      await output('skopeo', 'copy', '--insecure-policy', ...from, `oci:${layout}:1.2.0`)
      for (const {digest} of [artifact.manifest, artifact.config, ...artifact.layers]) {
        const bytes = await readFile(join(layout, 'blobs/sha256', digest.slice('sha256:'.length)))
        assert.deepEqual(bytes, artifact.blobs.get(digest))
      }
    }))

  it('is a folder of layers to whoever runs `oras pull`', () =>
    withPushed(async (reference, {folder}) => {
      const target = join(folder, 'layers')
      await mkdir(target)
      await output('oras', 'pull', '--plain-http', '--output', target, reference)
      assert.deepEqual((await readdir(target)).toSorted(), [
        '1.0.0.tar.gz',
        '1.1.0.tar.gz',
        '1.2.0.tar.gz',
      ])
      const bytes = await readFile(join(target, '1.1.0.tar.gz'))
      assert.deepEqual(bytes, artifact.blobs.get(artifact.layers[1]!.digest))
    }))
})
