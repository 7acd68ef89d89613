/** Preloaded: a file system without hard links, as FAT, SMB and some container mounts are. */
import fs from 'node:fs/promises'
import {syncBuiltinESMExports} from 'node:module'

fs.link = async (path) => {
  throw Object.assign(new Error(`EPERM: operation not permitted, link '${String(path)}'`), {
    code: 'EPERM',
  })
}
syncBuiltinESMExports()
