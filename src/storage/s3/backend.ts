import {defineStorage} from '../backend.ts'
import {s3ConfigSchema} from './config.ts'
import {configOfUrl} from './location.ts'

/** A bucket of AWS S3, or of a server that speaks its protocol. */
export const s3Backend = defineStorage({
  apiVersion: 1,
  type: 's3',
  configSchema: s3ConfigSchema,
  urlForm: 's3://bucket/prefix?region=...',
  fromUrl: configOfUrl,
  async open(config, context) {
    const {openS3Storage} = await import('./storage.ts')
    return openS3Storage(config, context)
  },
})
