import {visitStorage} from '../../../../src/storage/contract.ts'
import type {OciConfig} from '../../../../src/storage/oci/config.ts'
import {openOciStorage} from '../../../../src/storage/oci/storage.ts'

interface Address {
  readonly config: OciConfig
  readonly root: string
  readonly env: Readonly<Record<string, string>>
}

visitStorage(({config, root, env}: Address) =>
  openOciStorage(config, {root, env, stateDir: root, warn: () => undefined}),
)
