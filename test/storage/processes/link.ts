import type {Digest} from '../../../src/artifact/digest.ts'
import type {Version} from '../../../src/artifact/version.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'
import {linkArtifact} from '../../../src/storage/workspace/links.ts'

const [workspace = '', version, manifest] = process.argv.slice(2)
await linkArtifact(openCache(workspace), {
  version: version as Version,
  manifest: manifest as Digest,
  layers: [],
})
