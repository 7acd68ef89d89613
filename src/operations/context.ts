import type {Settings} from '../config/settings.ts'
import type {Cache} from '../storage/cache.ts'
import type {Storage} from '../storage/storage.ts'
import type {Report} from './report.ts'

/** What an operation works with: the project's configuration, its cache, its storage. */
export interface Context {
  readonly settings: Settings
  /** The folder that holds the cache and what is remembered of builds and storages: `.squizzle`. */
  readonly folder: string
  readonly cache: Cache
  /** Folder for what any project can use again: prepared embedded databases. */
  readonly sharedDir: string
  /** Opened at the first call; asks nobody by itself. @throws CONFIG_INVALID, TOOL_MISSING */
  readonly storage: () => Promise<Storage>
  /** Another storage that the cache remembers, by its url. */
  readonly openStorage: (url: string) => Promise<Storage>
  readonly report: Report
  readonly signal: AbortSignal
  /** Milliseconds for each call to the storage. */
  readonly timeout?: number | undefined
}
