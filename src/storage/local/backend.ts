import * as v from 'valibot'
import {defineStorage} from '../backend.ts'
import {pathOfUrl} from './place.ts'

/** A folder on this machine, or one that it mounts. */
export const localBackend = defineStorage({
  apiVersion: 1,
  type: 'local',
  configSchema: v.strictObject({
    path: v.pipe(v.string(), v.nonEmpty('a folder such as ./db/artifacts')),
  }),
  urlForm: 'file:./folder',
  fromUrl(url) {
    const path = pathOfUrl(url)
    return path === undefined ? undefined : {path}
  },
  async open({path}, {root}) {
    const {openLocalStorage} = await import('./storage.ts')
    return openLocalStorage(path, root)
  },
})
