import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import type {IncomingMessage, ServerResponse} from 'node:http'
import type {Descriptor} from '../../../src/artifact/descriptor.ts'
import {sha256} from '../../../src/artifact/digest.ts'
import {limits} from '../../../src/artifact/limits.ts'
import {mediaTypes} from '../../../src/artifact/media-types.ts'
import {blobFilesIn} from '../../../src/storage/blobs/files.ts'
import {rejectsWith} from '../../support/errors.ts'
import {describeWith} from '../../support/services.ts'
import {startScriptedRegistry, type ScriptedRegistry} from './support/scripted-registry.ts'
import {withWorkspace} from './support/workspace.ts'

const repository = 'shop/migrations'

/** Bytes that a socket and the pipes behind it take in before anybody has looked at them. */
const underWay = 16 * 1024 * 1024

function claim(mediaType: string, size: number): Descriptor {
  return {mediaType, size, digest: sha256(randomBytes(8))}
}

function manifestOf(config: Descriptor, layers: readonly Descriptor[]): Buffer {
  const mediaType = mediaTypes.manifest
  return Buffer.from(JSON.stringify({schemaVersion: 2, mediaType, config, layers}))
}

const config = claim(mediaTypes.config, 100)
const layer = claim(mediaTypes.layer, 100)

/** Sends zeros without end, and counts them. */
function endless() {
  let sent = 0
  const piece = Buffer.alloc(256 * 1024)
  const answer = (_request: IncomingMessage, response: ServerResponse) => {
    const write = () => {
      if (response.destroyed) return
      sent += piece.length
      if (response.write(piece)) setImmediate(write)
      else response.once('drain', write)
    }
    response.writeHead(200, {'content-type': mediaTypes.manifest})
    write()
  }
  return {answer, sent: () => sent}
}

/** Gives a registry one version, of which it claims what the test says, and any blob of which never ends. */
function lie(registry: ScriptedRegistry, bytes: Buffer) {
  const digest = sha256(bytes)
  const kept = registry.repository(repository)
  kept.manifests.set(digest, {bytes, mediaType: mediaTypes.manifest})
  kept.tags.set('1.0.0', digest)
  const body = endless()
  registry.on(/^GET .*\/blobs\//, body.answer)
  return {digest, sent: body.sent}
}

async function claimedBytes(folder: string): Promise<number> {
  return (await blobFilesIn(folder)).reduce((sum, {size}) => sum + size, 0)
}

describeWith(['oras'], 'a registry that claims too much', () => {
  for (const [what, bytes] of [
    [
      'layers of more than 10GB',
      manifestOf(config, [claim(mediaTypes.layer, limits.artifact + 1)]),
    ],
    [
      'layers of more than 10GB together',
      manifestOf(
        config,
        [1, 2, 3].map(() => claim(mediaTypes.layer, limits.artifact / 2)),
      ),
    ],
    ['a config of more than 16 MiB', manifestOf(claim(mediaTypes.config, 17 * 2 ** 20), [layer])],
  ] as const) {
    for (const want of ['all', 'config'] as const) {
      it(`has none of its blobs asked for: ${what}, ${want} wanted`, () =>
        withWorkspace(async ({open, newCache}) => {
          await using registry = await startScriptedRegistry()
          const {digest, sent} = lie(registry, bytes)
          const storage = open({registry: registry.host, repository})
          const cache = newCache()
          const manifest = await storage.resolve('1.0.0')
          assert.equal(manifest?.digest, digest)
          await rejectsWith('TOO_LARGE', () => storage.pull(manifest, cache, {want}))
          assert.equal(sent(), 0)
          assert.deepEqual(await blobFilesIn(cache.folder), [])
        }))
    }
  }

  for (const [what, blob] of [
    ['layer', layer],
    ['config', config],
  ] as const) {
    it(`is cut off where a ${what} is longer than was claimed`, () =>
      withWorkspace(async ({open, newCache}) => {
        await using registry = await startScriptedRegistry()
        const {sent} = lie(registry, manifestOf(config, [layer]))
        for (const other of [config, layer]) {
          const path = new RegExp(`^GET .*/blobs/${other.digest}`)
          if (other !== blob)
            registry.on(path, (_request, response) => void response.end('x'.repeat(100)))
        }
        const storage = open({registry: registry.host, repository})
        const cache = newCache()
        const manifest = await storage.resolve('1.0.0')
        await rejectsWith('INTEGRITY', () => storage.pull(manifest!, cache))
        assert.ok(sent() < 8 * underWay, `${sent()} bytes`)
        assert.ok((await claimedBytes(cache.folder)) < 1000)
      }))
  }

  it('is cut off where a manifest does not end', () =>
    withWorkspace(async ({open, newCache}) => {
      await using registry = await startScriptedRegistry()
      const {digest} = lie(registry, manifestOf(config, [layer]))
      const body = endless()
      registry.on(/^GET .*\/manifests\//, body.answer)
      const storage = open({registry: registry.host, repository})
      const manifest = {mediaType: mediaTypes.manifest, digest, size: 1000}
      await assert.rejects(storage.pull(manifest, newCache()))
      assert.ok(body.sent() < 8 * underWay, `${body.sent()} bytes`)
    }))
})
