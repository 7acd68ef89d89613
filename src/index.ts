export {parseVersion} from './artifact/version.ts'
export type {Version} from './artifact/version.ts'
export {defineConfig} from './config/define.ts'
export type {Config, ConfigContext, ConfigExport} from './config/define.ts'
export {errorCodes, isSquizzleError, SquizzleError} from './errors.ts'
export type {ErrorCode, ErrorOptions} from './errors.ts'
export {apply} from './operations/apply.ts'
export type {ApplyInput, ApplyResult} from './operations/apply.ts'
export {baseline} from './operations/baseline.ts'
export {build} from './operations/build.ts'
export type {BuildInput, BuildResult} from './operations/build.ts'
export type {Context} from './operations/context.ts'
export {diff} from './operations/diff.ts'
export {exportVersions} from './operations/export.ts'
export {importArchives} from './operations/import.ts'
export {list} from './operations/list.ts'
export {withProject} from './operations/open-project.ts'
export type {OpenProject, ProjectInput} from './operations/open-project.ts'
export {prune} from './operations/prune.ts'
export {pull} from './operations/pull.ts'
export {push} from './operations/push.ts'
export type {Report, Step} from './operations/report.ts'
export {resolve} from './operations/resolve.ts'
export {rollback} from './operations/rollback.ts'
export {show} from './operations/show.ts'
export {status} from './operations/status.ts'
export {tag} from './operations/tag.ts'
export {verify} from './operations/verify.ts'
export {apiVersion, defineStorage} from './storage/backend.ts'
export type {
  ConfigSchema,
  StorageBackend,
  StorageContext,
  StorageDefinition,
  StorageHook,
  StorageHookOptions,
} from './storage/backend.ts'
export type {Cache} from './storage/cache.ts'
export {memoryStore} from './storage/object/memory.ts'
export {objectStorage} from './storage/object/storage.ts'
export type {ObjectPlace} from './storage/object/storage.ts'
export type {
  ListedObject,
  ObjectOptions,
  ObjectStore,
  PutOptions,
  StoredObject,
} from './storage/object/store.ts'
export type {
  Check,
  PullOptions,
  PushResult,
  Storage,
  TagRequest,
  Transfer,
  TransferOptions,
} from './storage/storage.ts'
