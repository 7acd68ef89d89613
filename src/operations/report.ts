import type {Digest} from '../artifact/digest.ts'

/** What an operation tells while it works; the progress display and the tests listen. */
export type Step =
  | {readonly type: 'note'; readonly text: string}
  | {readonly type: 'warning'; readonly text: string}
  | BlobStep

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

export type Report = (step: Step) => void | Promise<void>
