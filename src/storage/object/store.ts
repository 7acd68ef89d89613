/**
 * Small objects by key: what a service must offer to be a storage. Keys are made of letters, digits,
 * dots, dashes, underscores and slashes; a store puts its own prefix before them. Most have some kB, the largest
 * 513 MiB; those that are read or written at once have 128 MiB together, where there is more than one.
 *
 * A store throws its own failures as `SquizzleError` with a code that fits (UNREACHABLE,
 * AUTHENTICATION_REQUIRED, PERMISSION_DENIED, ...), and repeats by itself what is worth repeating.
 */
export interface ObjectStore {
  /** Undefined where there is no such object. */
  get(key: string, options: ObjectOptions): Promise<StoredObject | undefined>

  /**
   * Writes an object whole, or not at all.
   * @returns false, with nothing written, where the condition does not hold.
   */
  put(key: string, bytes: Uint8Array, options: PutOptions): Promise<boolean>

  /** Every object whose key begins with the prefix; a write that has ended is listed. */
  list(prefix: string, options: ObjectOptions): AsyncIterable<ListedObject>

  /** Succeeds where there is no such object. */
  delete(key: string, options: ObjectOptions): Promise<void>
}

export interface ObjectOptions {
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

export interface PutOptions extends ObjectOptions {
  /** Only where there is no such object: of two at once, one must be told false. */
  readonly ifAbsent?: boolean
  /** Only where the object is still the one that `get` returned with this etag. */
  readonly ifMatch?: string
}

export interface StoredObject {
  readonly bytes: Uint8Array
  /** Another one after every change. */
  readonly etag: string
}

export interface ListedObject {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** When it was written, by the clock of the store; one that can't tell never loses an unused blob. */
  readonly modified?: Date
}
