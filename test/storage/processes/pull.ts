/** Pulls a tag of a folder into a workspace's cache. */
import {openLocalStorage} from '../../../src/storage/local/storage.ts'
import {openCache} from '../../../src/storage/workspace/cache.ts'

const [folder = '', tag = '', workspace = ''] = process.argv.slice(2)
const storage = await openLocalStorage(folder, '/')
const manifest = await storage.resolve(tag)
if (manifest === undefined) throw new Error(`no ${tag}`)
await storage.pull(manifest, openCache(workspace))
