import type {Descriptor} from '../artifact/descriptor.ts'
import type {Digest} from '../artifact/digest.ts'
import type {Cache} from './cache.ts'

/**
 * Where artifacts are kept. Everything here speaks of tags, digests and blobs; what a version is,
 * and when a tag may move, is decided by the operations.
 *
 * Errors thrown by every method: UNREACHABLE, TIMEOUT, TLS, RATE_LIMITED, AUTHENTICATION_REQUIRED,
 * PERMISSION_DENIED; INTEGRITY where bytes are not those that their digest names; the signal's reason
 * where it aborts.
 */
export interface Storage {
  /** The same for the same place, free of secrets: `oci://ghcr.io/myorg/migrations`, `file:/srv/artifacts`. */
  readonly url: string

  /** `false`: a push leaves the tag `latest` where it is. */
  readonly movesLatest?: boolean

  /** As people name an artifact in this storage: `ghcr.io/myorg/migrations:1.0.0`, `...@sha256:...`. */
  reference(tagOrDigest: string): string

  /** What a tag or digest names; undefined where the storage has no such thing. */
  resolve(reference: string, options?: TransferOptions): Promise<Descriptor | undefined>

  /**
   * Brings a manifest and what it refers to into the cache: only the blobs that the cache lacks, each
   * checked against its digest and size. A damaged blob of the cache counts as lacking. Nothing
   * half-fetched is ever visible in the cache.
   * @throws VERSION_NOT_FOUND where the storage has no such manifest
   */
  pull(manifest: Descriptor, cache: Cache, options?: PullOptions): Promise<Transfer>

  /**
   * Uploads a manifest and what it refers to, only the blobs that the storage lacks, then sets the tags
   * in their order. Layers that the storage has need not be in the cache.
   * @throws VERSION_EXISTS where a tag to `create` names other content, TAG_IMMUTABLE where the storage forbids to
   *   move one, MEDIA_TYPE_REFUSED, TOO_LARGE; VERSION_NOT_FOUND where neither storage nor cache has a layer
   */
  push(
    manifest: Descriptor,
    cache: Cache,
    tags: readonly TagRequest[],
    options?: TransferOptions,
  ): Promise<PushResult>

  /** Every tag, in no particular order. A storage that does not exist yet has none. */
  tags(options?: TransferOptions): AsyncIterable<string>

  /** Names a manifest that the storage has. @throws as `push` does for its tags; VERSION_NOT_FOUND */
  tag(manifest: Descriptor, request: TagRequest, options?: TransferOptions): Promise<void>

  /** Takes a tag away; blobs stay. Succeeds where there is none. */
  remove(tag: string, options?: TransferOptions): Promise<void>

  /**
   * Removes blobs that nothing named by a tag refers to. Absent where the place does that by itself, as registries do.
   * @throws INTEGRITY where a manifest is damaged: then nobody can tell what it needs
   */
  removeUnused?(options: UnusedOptions): Promise<UnusedBlobs>

  /** Tries every part for real, writing nothing that stays. */
  check(options?: TransferOptions): Promise<readonly Check[]>
}

export interface TagRequest {
  readonly name: string
  /** `create`: never moved (a version); other content under the name is an error. `move`: an alias. */
  readonly mode: 'create' | 'move'
}

export interface TransferOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for the whole call. */
  readonly timeout?: number | undefined
  readonly onProgress?: ((progress: BlobProgress) => void) | undefined
}

export interface PullOptions extends TransferOptions {
  /** `config`: only the manifest and its config. Default: `all`. */
  readonly want?: 'all' | 'config'
}

export interface UnusedOptions extends TransferOptions {
  /** Milliseconds; younger blobs stay, since a push may be about to name them. */
  readonly olderThan: number
  /** Say what would go, and remove nothing. */
  readonly dryRun: boolean
  /** Tags that count as removed already. */
  readonly withoutTags: readonly string[]
  /** Keeps what is removed until it is certain that no push came to rely on it. */
  readonly cache: Cache
}

/** Blobs removed, or those that would be. */
export interface UnusedBlobs {
  readonly blobs: readonly Digest[]
  /** Bytes. */
  readonly bytes: number
}

export interface BlobProgress {
  readonly digest: Digest
  /** Bytes of the whole blob. */
  readonly size: number
  readonly state: 'moving' | 'done' | 'present'
  /** As its descriptor is titled, `1.1.0.tar.gz`, else its media type. For people only: anybody may have written it. */
  readonly title?: string
}

/** What a transfer really moved: configs, layers, and the manifest where it was sent or fetched. */
export interface Transfer {
  readonly blobs: readonly Digest[]
  /** Bytes. */
  readonly bytes: number
}

export interface PushResult extends Transfer {
  /** Tags to `move` that the storage would not move, each with its reason. */
  readonly refusedTags: readonly {readonly name: string; readonly reason: string}[]
  /** A web page that shows the artifact, where one is known. */
  readonly page?: string
}

/** One line of `config validate`. */
export interface Check {
  readonly name: string
  readonly status: 'ok' | 'failed' | 'skipped'
  readonly message: string
  readonly hint?: string
}
