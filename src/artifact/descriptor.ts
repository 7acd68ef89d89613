import type {Digest} from './digest.ts'

/** Names bytes: their kind, digest and size in bytes (the OCI descriptor). */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
  readonly annotations?: Readonly<Record<string, string>>
}
