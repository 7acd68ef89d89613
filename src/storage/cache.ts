import type {Descriptor} from '../artifact/descriptor.ts'
import type {Digest} from '../artifact/digest.ts'
import type {Version} from '../artifact/version.ts'

/** What names a blob: its digest and its size in bytes. */
export type BlobName = Pick<Descriptor, 'digest' | 'size'>

/** The local copies: blobs by digest, and what this workspace remembers. Any number of processes may share one. */
export interface Cache {
  /** Folder that holds `blobs/sha256/<hex>`. */
  readonly folder: string

  /** Whether the blob's file is there with this size; its content is checked when it is read. */
  has(blob: BlobName): Promise<boolean>

  /** Whether the blob is there and its content is what its digest names; a damaged one is taken away. */
  intact(blob: BlobName, signal?: AbortSignal): Promise<boolean>

  /**
   * The blob's bytes, checked against their digest. A damaged blob is taken away and counts as absent.
   */
  read(digest: Digest): Promise<Buffer | undefined>

  /**
   * The blob's bytes piece by piece, for what may not fit into memory, and to be read once; checked before. A damaged
   * blob is taken away and counts as absent.
   */
  open(blob: BlobName): Promise<AsyncIterable<Uint8Array> | undefined>

  /** Stores bytes under their digest, whole or not at all. @throws NOT_WRITABLE */
  write(bytes: Uint8Array): Promise<Digest>

  /**
   * Stores what arrives, whole or not at all, checked against digest and size on the way.
   * @throws INTEGRITY, NOT_WRITABLE
   */
  add(blob: BlobName, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>

  /** As `add`, from a file: shared blocks where the file system can. */
  addFile(blob: BlobName, path: string): Promise<void>

  /** Takes a blob away, so that it is fetched again. */
  remove(digest: Digest): Promise<void>

  /** Where the blob's file is or would be. */
  pathOf(digest: Digest): string
}

/** An artifact built or imported here, and the storages (their urls) that it was pushed to. */
export interface LocalBuild {
  readonly version: Version
  readonly manifest: Descriptor
  readonly origin: 'build' | 'import'
  readonly pushedTo: readonly string[]
}
