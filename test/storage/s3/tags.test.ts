import assert from 'node:assert/strict'
import {create, move} from '../../../src/storage/contract/scene.ts'
import {rejectsWith} from '../../support/errors.ts'
import {etagOf, refuse, type Asked} from './support/scripted-server.ts'
import {onStage} from './support/stage.ts'

describe('a version tag in S3', () => {
  const other = Buffer.from('{"mediaType":"x","digest":"sha256:' + '0'.repeat(64) + '","size":1}')
  const isTagWrite = ({method, key}: Asked) => method === 'PUT' && key === 'tags/1.0.0'

  it('is written on the condition that there is none', () =>
    onStage(async ({server, storage, artifact, here}) => {
      await storage.push(artifact.manifest, here, [create('1.0.0')])
      const writes = server.asked.filter(isTagWrite)
      assert.deepEqual(
        writes.map(({headers}) => headers['if-none-match']),
        ['*'],
      )
    }))

  it('of somebody who was faster is not replaced', () =>
    onStage(async ({server, storage, artifact, here}) => {
      server.script = (asked) => {
        if (isTagWrite(asked)) server.objects.set('tags/1.0.0', other)
        return undefined
      }
      const push = () => storage.push(artifact.manifest, here, [create('1.0.0')])
      await rejectsWith('VERSION_EXISTS', push)
      assert.deepEqual(server.objects.get('tags/1.0.0'), other)
    }))

  it('is tried again where another write of it was under way', () =>
    onStage(async ({server, storage, artifact, here}) => {
      let conflicts = 3
      server.script = (asked) =>
        isTagWrite(asked) && conflicts-- > 0 ? refuse(409, 'ConditionalRequestConflict') : undefined
      await storage.push(artifact.manifest, here, [create('1.0.0')])
      assert.equal(server.asked.filter(isTagWrite).length, 4)
    }))

  it('counts as written where the answer was lost on the way', () =>
    onStage(async ({server, storage, artifact, here}) => {
      let lost = false
      server.script = (asked) => {
        if (!isTagWrite(asked) || lost) return undefined
        lost = true
        server.objects.set(asked.key, asked.body)
        return ({socket}) => void socket?.destroy()
      }
      await storage.push(artifact.manifest, here, [create('1.0.0')])
      assert.ok(lost)
    }))

  it('is looked at before, on a server without conditions, and that is said', () =>
    onStage(async ({server, storage, warnings, artifact, here}) => {
      server.script = ({headers}) =>
        headers['if-none-match'] || headers['if-match'] ? refuse(501, 'NotImplemented') : undefined
      await storage.push(artifact.manifest, here, [create('1.0.0'), create('1.0.1'), move('a')])
      assert.equal(warnings.length, 1)
      assert.match(warnings[0] ?? '', /cannot refuse a second writer .* the last of two/)

      server.objects.set('tags/1.0.0', other)
      const push = () => storage.push(artifact.manifest, here, [create('1.0.0')])
      await rejectsWith('VERSION_EXISTS', push)
      server.objects.set('tags/a', other)
      await storage.tag(artifact.manifest, move('a'))
      assert.equal((await storage.resolve('a'))?.digest, artifact.manifest.digest)
    }))
})

describe('an alias in S3', () => {
  const isMove = ({method, key}: Asked) => method === 'PUT' && key === 'tags/staging'

  it('is moved on the condition that it is the one that was read, in quotes as AWS wants it', () =>
    onStage(async ({server, storage, artifact, here}) => {
      const before = Buffer.from(JSON.stringify(artifact.config))
      server.objects.set('tags/staging', before)
      await storage.push(artifact.manifest, here, [move('staging')])
      const writes = server.asked.filter(isMove)
      assert.deepEqual(
        writes.map(({headers}) => headers['if-match']),
        [etagOf(before)],
      )
    }))

  it('that moved in between, or went away, is read again', () =>
    onStage(async ({server, storage, artifact, here}) => {
      const [first, second] = artifact.layers.concat(artifact.config).map(descriptorBytes)
      assert.ok(first && second)
      const meanwhile = [
        () => void server.objects.set('tags/staging', second),
        () => void server.objects.delete('tags/staging'),
      ]
      for (const happens of meanwhile) {
        server.objects.set('tags/staging', first)
        let happened = false
        server.script = (asked) => {
          if (isMove(asked) && !happened) {
            happened = true
            happens()
          }
          return undefined
        }
        await storage.push(artifact.manifest, here, [move('staging')])
        assert.equal((await storage.resolve('staging'))?.digest, artifact.manifest.digest)
      }
    }))

  it('is moved without a condition, and that is said, where none ever holds', () =>
    onStage(async ({server, storage, warnings, artifact, here}) => {
      server.objects.set('tags/staging', descriptorBytes(artifact.config))
      server.script = ({headers}) =>
        headers['if-match'] === undefined ? undefined : refuse(412, 'PreconditionFailed')
      await storage.push(artifact.manifest, here, [move('staging')])
      assert.equal((await storage.resolve('staging'))?.digest, artifact.manifest.digest)
      assert.match(warnings.join('\n'), /^\S+ cannot tell whether somebody else moves a tag/)
    }))
})

function descriptorBytes(descriptor: object): Buffer {
  return Buffer.from(JSON.stringify(descriptor))
}
