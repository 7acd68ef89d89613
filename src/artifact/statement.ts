/** A name as a statement writes it, without its quotes; where it has no schema, the search path says which one. */
export interface ObjectName {
  readonly schema?: string
  readonly name: string
}

/** CREATE INDEX CONCURRENTLY. */
export interface CreateIndex {
  readonly kind: 'create-index'
  /** Of the index, which always is in the schema of its table. */
  readonly name: string
  readonly table: ObjectName
  readonly unique: boolean
  readonly ifNotExists: boolean
  /** All that follows the table's name: `USING gin (tags) WHERE active`. */
  readonly definition: string
}

/** DROP INDEX CONCURRENTLY, which takes one name. */
export interface DropIndex {
  readonly kind: 'drop-index'
  readonly index: ObjectName
}

/** REINDEX CONCURRENTLY. */
export interface Reindex {
  readonly kind: 'reindex'
  readonly scope: 'index' | 'table' | 'schema' | 'database'
  /** Of what is in its scope; for a database absent, as it can only be the current one. */
  readonly target?: ObjectName
}

/** ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY. */
export interface DetachPartition {
  readonly kind: 'detach-partition'
  readonly table: ObjectName
  readonly partition: ObjectName
}

/**
 * What a statement that runs outside transactions is, as far as it matters where it fails, or where nobody knows whether
 * it was done.
 */
export type OutsideStatement =
  | CreateIndex
  | DropIndex
  | Reindex
  | DetachPartition
  /** Doing it twice does no harm: VACUUM, ALTER SYSTEM. */
  | {readonly kind: 'repeatable'}
  /** It sets something for the rest of its session, and only that. */
  | {readonly kind: 'setting'}
  /** It is done whole or not at all; which of the two, the catalogue need not show. */
  | {readonly kind: 'atomic'}
  /** Anything else: it may do a part of its work and fail. */
  | {readonly kind: 'unknown'}

/** Recognises a statement by PostgreSQL's own grammar. */
export type ReadStatement = (sql: string) => Promise<OutsideStatement>
