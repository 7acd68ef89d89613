import {randomUUID} from 'node:crypto'
import type {StorageContext} from 'squizzle'
import {behindStorage, storageContract} from 'squizzle/storage-contract'
import type {SftpConfig} from '../src/config.ts'
import {sftpStore} from '../src/store.ts'

/** The tests that every storage must pass, on a server that is running. */
export function sftpContract(server: () => SftpConfig, visitor: URL): void {
  storageContract({
    name: 'sftp',
    atomicTags: true,
    removesUnused: true,
    visitor,
    async open() {
      const address = {...server(), folder: `${server().folder}/${randomUUID()}`}
      const {storage, store, close} = sftpStore(address, context)
      return {storage, address, ...behindStorage(store), cleanup: close}
    },
  })
}

export const context: StorageContext = {
  root: '/',
  env: process.env,
  stateDir: '/nowhere',
  warn: (message) => console.warn(message),
}
