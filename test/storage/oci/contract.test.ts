import {randomBytes} from 'node:crypto'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {storageContract} from '../../../src/storage/contract.ts'
import type {OciConfig} from '../../../src/storage/oci/config.ts'
import {openOciStorage} from '../../../src/storage/oci/storage.ts'
import {describeWith, service, tool} from '../../support/services.ts'

const repository = () => `contract/${randomBytes(6).toString('hex')}`

function contractOn(name: string, config: () => OciConfig): void {
  storageContract({
    name,
    async open() {
      const root = await mkdtemp(join(tmpdir(), 'squizzle-oci-'))
      const env = {PATH: '/usr/bin:/bin', HOME: root, SQUIZZLE_ORAS: tool('oras')}
      const context = {root, env, stateDir: root, warn: () => undefined}
      return {
        storage: openOciStorage(config(), context),
        cleanup: () => rm(root, {recursive: true}),
      }
    },
  })
}

describeWith(['registry', 'oras'], 'distribution', () => {
  contractOn('oci', () => ({registry: service('registry').address, repository: repository()}))
})

describeWith(['registry-auth', 'oras'], 'distribution behind TLS and a password', () => {
  contractOn('oci', () => {
    const {address, ca, user} = service('registry-auth')
    return {registry: address, repository: repository(), caFile: ca, auth: user}
  })
})
