import assert from 'node:assert/strict'
import {chmod} from 'node:fs/promises'
import {join} from 'node:path'
import {runProcess} from '../../support/process.ts'
import {treeOf} from '../folder-facts.ts'
import {withLocal, type LocalScene} from './scene.ts'

const visiting = new URL('../processes/visit.ts', import.meta.url)

interface Outcome {
  readonly code?: string
  readonly message?: string
}

/** Does everything with a storage as a user who may only read it. */
async function visit({root, folder, artifact}: LocalScene): Promise<Record<string, Outcome>> {
  const {digest, size} = artifact.manifest
  const workspace = join(root, 'workspace')
  const {code, stdout, stderr} = await runProcess(visiting, [folder, digest, `${size}`, workspace])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as Record<string, Outcome>
}

describe('a local storage that may only be read', () => {
  it('is pulled from, and says so when it should be written', () =>
    withLocal(async (scene) => {
      const {root, folder} = scene
      const folders = [root, folder, join(folder, 'blobs'), join(folder, 'blobs', 'sha256')]
      for (const path of folders) await chmod(path, 0o555)
      const before = await treeOf(folder)
      const refused = (path: string) => ({code: 'NOT_WRITABLE', message: `cannot write ${path}`})
      const {push, tag, remove, check, ...rest} = await visit(scene)
      const lock = join(folder, 'index.json.lock')
      assert.deepEqual(rest, {resolve: {}, tags: {}, pull: {}, pushAgain: {}})
      assert.deepEqual(
        {push, tag, remove},
        {
          push: refused(lock),
          tag: refused(lock),
          remove: refused(lock),
        },
      )
      assert.deepEqual(check, refused(folder))
      assert.deepEqual(await treeOf(folder), before)
      for (const path of folders) await chmod(path, 0o755)
    }))

  it('names the file that cannot even be read', () =>
    withLocal(async (scene) => {
      const {root, folder, artifact} = scene
      await chmod(root, 0o755)
      const hex = artifact.layers[0]!.digest.replace('sha256:', '')
      const path = join(folder, 'blobs', 'sha256', hex)
      await chmod(path, 0o000)
      const {pull} = await visit(scene)
      assert.deepEqual(pull, {code: 'PERMISSION_DENIED', message: `cannot read ${path}`})
      await chmod(path, 0o444)
      await chmod(join(folder, 'index.json'), 0o000)
      const {resolve} = await visit(scene)
      const index = join(folder, 'index.json')
      assert.deepEqual(resolve, {code: 'PERMISSION_DENIED', message: `cannot read ${index}`})
    }))
})
