/** Pushes a manifest of a workspace's cache to a folder; prints the code of the error that it meets. */
import type {Digest} from '../../../src/artifact/digest.ts'
import {mediaTypes} from '../../../src/artifact/media-types.ts'
import {isSquizzleError} from '../../../src/errors.ts'
import {openLocalStorage} from '../../../src/storage/local/storage.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'

const [folder = '', digest = '', size = '', workspace = '', ...tags] = process.argv.slice(2)
const manifest = {mediaType: mediaTypes.manifest, digest: digest as Digest, size: Number(size)}
const storage = await openLocalStorage(folder, '/')
const requests = tags.map((name) => ({name, mode: 'create'}) as const)
try {
  await storage.push(manifest, openCache(workspace), requests)
  process.stdout.write('pushed')
} catch (error) {
  if (!isSquizzleError(error)) throw error
  process.stdout.write(error.code)
}
