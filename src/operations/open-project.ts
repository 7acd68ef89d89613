import {loadConfig} from '../config/load.ts'
import type {ConfigValue, DatabaseSettings} from '../config/settings.ts'
import type {StorageBackend} from '../storage/backend.ts'
import {builtInBackends, registerBackends} from '../storage/backends.ts'
import type {Context} from './context.ts'
import {withContext} from './open-context.ts'
import type {Report} from './report.ts'

/** What a program says of the project that it works on; nothing is taken from its own process. */
export interface ProjectInput {
  /** Absolute: where the configuration is looked for. */
  readonly cwd: string
  /** The variables that may configure, and that hold credentials: `process.env`, or fewer. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** A configuration file, as `--config` names one. */
  readonly config?: string
  /** As `--env`. */
  readonly environment?: string
  /** As `--storage`: `oci://...`, `s3://...`, `file:...`. */
  readonly storage?: string
  /** Kinds of storage beside the built-in ones. */
  readonly backends?: readonly StorageBackend[]
  /** Told what operations do, step by step; waited for. */
  readonly report?: Report
  /** Something worth telling a person, free of secrets. Default: dropped. */
  readonly warn?: (message: string) => void
  readonly signal?: AbortSignal
  /** Milliseconds for each call to the storage. */
  readonly timeout?: number
}

export interface OpenProject {
  /** What every operation takes first. */
  readonly context: Context
  /** Absent where none is configured. */
  readonly database?: DatabaseSettings
  /** Every effective value and where it came from, free of secrets. */
  readonly values: readonly ConfigValue[]
}

/**
 * Opens a project as the command line does, and runs the work with it.
 * @throws CONFIG_INVALID, USAGE, NOT_WRITABLE, PLUGIN_FAILED
 */
export async function withProject<T>(
  input: ProjectInput,
  work: (project: OpenProject) => Promise<T>,
): Promise<T> {
  const {cwd, env, config, environment, storage, timeout} = input
  const {
    report = () => undefined,
    warn = () => undefined,
    signal = new AbortController().signal,
  } = input
  const backends = registerBackends(builtInBackends(), input.backends ?? [], 'this program')
  const loaded = await loadConfig({
    cwd,
    env,
    flags: {config, env: environment, storage},
    backends: backends.map(({backend}) => backend),
  })
  for (const warning of loaded.warnings) warn(warning)
  const {database} = loaded.settings
  return withContext(
    {loaded, backends, env, warn, report, signal, timeout, writable: 'required'},
    (context) => work({context, ...(database && {database}), values: loaded.values}),
  )
}
