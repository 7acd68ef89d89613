/**
 * Opens the bucket with the process's own environment and, for each version that arrives on standard input, pushes an
 * artifact of its own. Says on standard output that it is ready, then of each push the digest or the error.
 */
import {createInterface} from 'node:readline'
import {isSquizzleError} from '../../../../src/errors.ts'
import {fillCache, sampleArtifact} from '../../../../src/storage/contract/artifact.ts'
import {create} from '../../../../src/storage/contract/scene.ts'
import {openS3Storage} from '../../../../src/storage/s3/storage.ts'
import {openCache} from '../../../../src/storage/workspace/cache.ts'

const [bucket = '', endpoint = '', folder = ''] = process.argv.slice(2)
const context = {root: '/', env: process.env, stateDir: folder, warn: () => undefined}
const storage = await openS3Storage({bucket, endpoint}, context)
const cache = openCache(folder)
await storage.resolve('none') // the connection stands, and all code is loaded
console.log('ready')

for await (const version of createInterface(process.stdin)) {
  const artifact = sampleArtifact({version})
  await fillCache(cache, artifact)
  try {
    await storage.push(artifact.manifest, cache, [create(version)])
    console.log(artifact.manifest.digest)
  } catch (error) {
    console.log(isSquizzleError(error) ? `${error.code} ${error.exitCode}` : String(error))
  }
}
