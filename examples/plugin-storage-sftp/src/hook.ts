import {defineStorage, type StorageHook} from 'squizzle'
import {configOfUrl, sftpConfigSchema} from './config.ts'

const sftpStorage = defineStorage({
  apiVersion: 1,
  type: 'sftp',
  configSchema: sftpConfigSchema,
  urlForm: 'sftp://host/folder?user=...&fingerprint=...',
  fromUrl: configOfUrl,
  async open(config, context) {
    // imported here, so that no command loads SSH that does not need it
    const {sftpStore} = await import('./store.ts')
    return sftpStore(config, context).storage
  },
})

/** Called by every command that works on a project: it must be quick. */
const hook: StorageHook = () => [sftpStorage]

export default hook
