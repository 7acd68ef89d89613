import {randomBytes} from 'node:crypto'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Distribution} from '../../../scripts/services.d/distribution.ts'
import {hexOf} from '../../../src/artifact/digest.ts'
import {storageContract} from '../../../src/storage/contract.ts'
import type {OciConfig} from '../../../src/storage/oci/config.ts'
import {openOciStorage} from '../../../src/storage/oci/storage.ts'
import {describeWith, service, tool} from '../../support/services.ts'

const newRepository = () => `contract/${randomBytes(6).toString('hex')}`

function contractOn(server: () => {registry: Distribution; more?: Partial<OciConfig>}): void {
  storageContract({
    name: 'oci',
    visitor: new URL('support/visitor.ts', import.meta.url),
    async open() {
      const root = await mkdtemp(join(tmpdir(), 'squizzle-oci-'))
      const env = {PATH: '/usr/bin:/bin', HOME: root, SQUIZZLE_ORAS: tool('oras')}
      const {registry, more} = server()
      const repository = newRepository()
      const config = {registry: registry.address, repository, ...more}
      const kept = join(registry.data, 'docker/registry/v2')
      const tagsIn = join(kept, 'repositories', repository, '_manifests/tags')
      return {
        storage: openOciStorage(config, {root, env, stateDir: root, warn: () => undefined}),
        address: {config, root, env},
        replace: (digest, bytes) => {
          const hex = hexOf(digest)
          return writeFile(join(kept, 'blobs/sha256', hex.slice(0, 2), hex, 'data'), bytes)
        },
        plant: async (tags, {digest}) => {
          for (const tag of tags) {
            await mkdir(join(tagsIn, tag, 'current'), {recursive: true})
            await writeFile(join(tagsIn, tag, 'current/link'), digest)
          }
        },
        cleanup: () => rm(root, {recursive: true}),
      }
    },
  })
}

describeWith(['registry', 'oras'], 'distribution', () => {
  contractOn(() => ({registry: service('registry')}))
})

describeWith(['registry-auth', 'oras'], 'distribution behind TLS and a password', () => {
  contractOn(() => {
    const registry = service('registry-auth')
    return {registry, more: {caFile: registry.ca, auth: registry.user}}
  })
})
