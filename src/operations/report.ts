import type {Digest} from '../artifact/digest.ts'
import type {Step as DatabaseStep} from '../database/apply/steps.ts'

/** What an operation tells while it works; the progress display and the tests listen. */
export type Step =
  | {readonly type: 'note'; readonly text: string}
  | {readonly type: 'warning'; readonly text: string}
  | BlobStep
  | DatabaseStep

export interface BlobStep {
  readonly type: 'blob'
  readonly direction: 'push' | 'pull'
  readonly digest: Digest
  /** As people know it: `layer 1.1.0`, `config`, `manifest`. */
  readonly title: string
  /** Bytes. */
  readonly size: number
  readonly state: 'moving' | 'done' | 'present'
}

/** Waited for where the operation can: a listener may stop it there. */
export type Report = (step: Step) => void | Promise<void>
