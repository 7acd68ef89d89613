import {withTempDir} from '../../../../src/files/temp.ts'
import type {Cache} from '../../../../src/storage/cache.ts'
import {
  fillCache,
  sampleArtifact,
  type SampleArtifact,
} from '../../../../src/storage/contract/artifact.ts'
import type {Storage} from '../../../../src/storage/storage.ts'
import {openCache} from '../../../../src/storage/workspace/cache.ts'
import {openWith} from './bucket.ts'
import {withScriptedServer, type ScriptedServer} from './scripted-server.ts'

/** A scripted server, a storage on it, and an artifact to move. */
export interface Stage {
  readonly server: ScriptedServer
  readonly storage: Storage
  readonly warnings: readonly string[]
  readonly artifact: SampleArtifact
  /** Holds the artifact. */
  readonly here: Cache
  readonly newCache: () => Cache
}

const config = {bucket: 'bucket', region: 'us-east-1'}
const env = {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret'}

/** @param silence milliseconds after which the storage takes the server for lost */
export async function onStage(
  work: (stage: Stage) => Promise<void>,
  silence?: number,
): Promise<void> {
  await withTempDir((folder) =>
    withScriptedServer(async (server) => {
      let caches = 0
      const newCache = () => openCache(`${folder}/${++caches}`)
      const [artifact, here] = [sampleArtifact(), newCache()]
      await fillCache(here, artifact)
      const opened = await openWith({...config, endpoint: server.url}, env, silence)
      await work({server, ...opened, artifact, here, newCache})
    }),
  )
}
