import {defineStorage} from '../backend.ts'
import {ociConfigSchema} from './config.ts'
import {splitUrl} from './location.ts'

/** A repository of a container registry, reached by `oras`. */
export const ociBackend = defineStorage({
  apiVersion: 1,
  type: 'oci',
  configSchema: ociConfigSchema,
  secrets: ['auth.password'],
  urlForm: 'oci://host/repository',
  fromUrl: splitUrl,
  async open(config, context) {
    const {openOciStorage} = await import('./storage.ts')
    return openOciStorage(config, context)
  },
})
