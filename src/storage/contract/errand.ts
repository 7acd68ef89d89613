import type {Descriptor} from '../../artifact/descriptor.ts'
import type {ErrorCode} from '../../errors.ts'
import type {TagRequest} from '../storage.ts'

/** What another process is sent to do. */
export interface Errand {
  /** Of the storage, as the test's `open` gave it. */
  readonly address: unknown
  /** The cache's. */
  readonly folder: string
  readonly manifest: Descriptor
  /** To push with these tags; absent to pull. */
  readonly tags?: readonly TagRequest[]
  /** Stop for ever after so much news of blobs that move, as a process that is about to die. */
  readonly stopAfter?: number
}

/** What it reports; no code where the error was none of squizzle's. */
export type News =
  | 'stopped'
  | 'done'
  | {readonly code: ErrorCode | undefined; readonly message: string}
