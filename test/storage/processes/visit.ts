/** Does everything with a local storage as an ordinary user, and prints the error of each deed. */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Digest} from '../../../src/artifact/digest.ts'
import {mediaTypes} from '../../../src/artifact/media-types.ts'
import {isSquizzleError, SquizzleError} from '../../../src/errors.ts'
import {openLocalStorage} from '../../../src/storage/local/storage.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {leaveRoot} from '../../support/nobody.ts'

const [folder = '', digest = '', size = '', workspace = ''] = process.argv.slice(2)
leaveRoot()
const manifest = {mediaType: mediaTypes.manifest, digest: digest as Digest, size: Number(size)}
const storage = await openLocalStorage(folder, '/')
const own = await mkdtemp(join(tmpdir(), 'squizzle-visit-'))

const deeds = {
  resolve: () => storage.resolve('1.0.0'),
  tags: () => storage.tags()[Symbol.asyncIterator]().next(),
  pull: () => storage.pull(manifest, openCache(own)),
  pushAgain: () => storage.push(manifest, openCache(workspace), [{name: '1.0.0', mode: 'create'}]),
  push: () => storage.push(manifest, openCache(workspace), [{name: '2.0.0', mode: 'create'}]),
  tag: () => storage.tag(manifest, {name: 'latest', mode: 'move'}),
  remove: () => storage.remove('1.0.0'),
  async check() {
    const failed = (await storage.check()).find(({status}) => status === 'failed')
    if (failed !== undefined) throw new SquizzleError('NOT_WRITABLE', failed.message)
  },
}
const outcomes: Record<string, {code?: string; message?: string}> = {}
for (const [name, deed] of Object.entries(deeds)) {
  outcomes[name] = {}
  await deed().catch((error: unknown) => {
    if (!isSquizzleError(error)) throw error
    outcomes[name] = {code: error.code, message: error.message}
  })
}
await rm(own, {recursive: true})
process.stdout.write(JSON.stringify(outcomes))
