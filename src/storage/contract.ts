import {atomicTests, crowdingTests} from './contract/crowding.ts'
import {breakingTests} from './contract/breaking.ts'
import {movingTests} from './contract/moving.ts'
import {namingTests} from './contract/naming.ts'
import {processTests} from './contract/processes.ts'
import {globalRunner, type ContractRunner} from './contract/runner.ts'
import {withScene, type OpenStorage} from './contract/scene.ts'
import {unusedTests} from './contract/unused.ts'

export {behindStorage} from './contract/behind.ts'
export type {ContractRunner} from './contract/runner.ts'
export type {OpenedStorage, OpenStorage} from './contract/scene.ts'
export {visitStorage} from './contract/visitor.ts'

export interface StorageContract {
  /** Of the storage, for the report. */
  readonly name: string
  /** Opens a storage with nothing in it, for each test another; `cleanup` takes it away. */
  readonly open: OpenStorage
  /** Whether of two pushers of one version exactly one wins. Default: false, as it is with registries. */
  readonly atomicTags?: boolean
  /** Whether `removeUnused` is there, and knows how old blobs are (a store: `modified`). Default: false. */
  readonly removesUnused?: boolean
  /** A module that calls `visitStorage`, for the tests that need a second process. Without it they are left out. */
  readonly visitor?: URL
  /** Default: the runner's global `describe` and `it`. */
  readonly runner?: ContractRunner
}

/**
 * Declares the tests that every storage must pass: call it in a test file.
 * Some of them move megabytes and list thousands of tags: allow them the time that your storage needs for it.
 */
export function storageContract({
  name,
  open,
  atomicTags = false,
  removesUnused = false,
  visitor,
  runner = globalRunner(),
}: StorageContract): void {
  const groups = {
    naming: namingTests,
    moving: movingTests,
    breaking: breakingTests,
    crowding: {...crowdingTests, ...(atomicTags ? atomicTests : {})},
    ...(removesUnused ? {unused: unusedTests} : {}),
    ...(visitor === undefined ? {} : {processes: processTests}),
  }
  runner.describe(`${name} as a storage`, () => {
    for (const [group, tests] of Object.entries(groups)) {
      runner.describe(group, () => {
        for (const [title, test] of Object.entries(tests)) {
          runner.it(title, () => withScene({open, visitor}, test))
        }
      })
    }
  })
}
