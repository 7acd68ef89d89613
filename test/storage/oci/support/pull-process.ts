import type {Descriptor} from '../../../../src/artifact/descriptor.ts'
import {openOciStorage} from '../../../../src/storage/oci/storage.ts'
import {openCache} from '../../../../src/storage/workspace/cache.ts'

/** Pulls in a process of its own, which a test can kill: registry, repository, manifest, workspace. */
const [registry = '', repository = '', manifest = '', workspace = ''] = process.argv.slice(2)

const storage = openOciStorage(
  {registry, repository},
  {root: workspace, env: process.env, stateDir: workspace, warn: () => undefined},
)
await storage.pull(JSON.parse(manifest) as Descriptor, openCache(workspace))
