import {createHash, randomUUID} from 'node:crypto'
import {objectStorage, type ObjectStore, type StorageContext} from 'squizzle'
import {urlOf, type SftpConfig} from './config.ts'
import {sftpConnection} from './connection.ts'
import {unlessAbsent} from './errors.ts'

/** `incoming`: drafts, one for each write under way. What a killed process leaves there, anybody may delete. */
const folders = ['', 'incoming', 'tags', 'blobs', 'blobs/sha256']

/**
 * Each object is a file: written as a draft and then renamed, so that nobody ever sees half of it. OpenSSH's
 * plain rename never replaces a file, which decides between two who write one key; its `posix-rename` does.
 */
export function sftpStore(config: SftpConfig, context: StorageContext) {
  const {use, close} = sftpConnection(config, context)
  const pathOf = (key: string) => `${config.folder}/${key}`
  const read = (key: string) => use(({readFile}) => unlessAbsent(readFile(pathOf(key))))

  let made = false
  const store: ObjectStore = {
    async get(key) {
      const bytes = await read(key)
      return bytes && {bytes, etag: etagOf(bytes) ?? ''}
    },
    async put(key, bytes, {ifAbsent = false, ifMatch}) {
      // of two who move a tag at once the last one wins: a tag that moves promises no more
      if (ifMatch !== undefined && etagOf(await read(key)) !== ifMatch) return false
      return use(async ({mkdir, writeFile, rename, posixRename, unlink}) => {
        // of one that is there OpenSSH says "failure"; what else was in the way, the write says
        if (!made) for (const name of folders) await mkdir(pathOf(name)).catch(() => undefined)
        made = true
        const draft = pathOf(`incoming/${randomUUID()}`)
        try {
          await writeFile(draft, Buffer.from(bytes))
          await (ifAbsent ? rename : posixRename)(draft, pathOf(key))
          return true
        } catch (error) {
          await unlink(draft).catch(() => undefined)
          if (ifAbsent && (await read(key)) !== undefined) return false
          throw error
        }
      })
    },
    async *list(prefix) {
      const parent = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      const entries = await use(({readdir}) => unlessAbsent(readdir(pathOf(parent))))
      for (const {filename, attrs} of entries ?? []) {
        const key = parent + filename
        if (!attrs.isFile() || !key.startsWith(prefix)) continue
        yield {key, size: attrs.size, modified: new Date(attrs.mtime * 1000)}
      }
    },
    delete: (key) => use(({unlink}) => unlessAbsent(unlink(pathOf(key)))),
  }
  return {storage: objectStorage(store, {url: urlOf(config)}), store, close}
}

function etagOf(bytes?: Buffer): string | undefined {
  return bytes && createHash('sha256').update(bytes).digest('hex')
}
