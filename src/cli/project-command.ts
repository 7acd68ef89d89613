import {loadConfig} from '../config/load.ts'
import {createRedactor} from '../config/redact.ts'
import type {LoadedConfig} from '../config/settings.ts'
import {describeTarget} from '../config/target.ts'
import type {Context} from '../operations/context.ts'
import {withContext, type ContextOptions} from '../operations/open-context.ts'
import {BaseCommand} from './base-command.ts'
import {redactWith} from './clean.ts'
import type {GlobalFlags, Run} from './context.ts'
import {findBackends, type Backends} from './plugins/backends.ts'
import {showSteps} from './steps.ts'

export interface ProjectFlags extends GlobalFlags {
  readonly registry?: string | undefined
  readonly storage?: string | undefined
  /** Seconds. */
  readonly timeout?: number | undefined
}

export interface ProjectOptions {
  /** `required`: the work leaves something in the cache that must be found again. */
  readonly writable: 'required' | 'optional'
}

/** What a command of a project works with. */
export interface Project {
  readonly run: Run
  readonly loaded: LoadedConfig
  readonly context: Context
}

/** A command that works on a project: it has a configuration, a cache, a storage. */
export abstract class ProjectCommand extends BaseCommand {
  #backends: Promise<Backends> | undefined

  /** Runs the work with the project that the flags, the environment and the working folder name. */
  protected async withProject<T>(
    flags: ProjectFlags,
    {writable}: ProjectOptions,
    work: (project: Project) => Promise<T>,
  ): Promise<T> {
    const run = await this.begin(flags)
    const loaded = await this.load(run, flags)
    const backends = (await this.backends(run)).all
    const {env, display, signal} = run
    const options: ContextOptions = {
      loaded,
      backends,
      env,
      writable,
      sharedDir: this.config.cacheDir,
      warn: (message) => display.warn(message),
      report: showSteps(display),
      signal,
      timeout: flags.timeout === undefined ? undefined : flags.timeout * 1000,
    }
    return withContext(options, (context) => work({run, loaded, context}))
  }

  /** The configuration; from here on, nothing printed shows a secret of it. */
  protected async load(run: Run, flags: ProjectFlags): Promise<LoadedConfig> {
    const {cwd, env} = run
    const {config, env: environment, registry, storage} = flags
    const {all, failures} = await this.backends(run)
    const loaded = await loadConfig({
      cwd,
      env,
      flags: {config, env: environment, registry, storage},
      backends: all.map(({backend}) => backend),
      lacking: failures[0],
    })
    redactWith(createRedactor(loaded.secrets))
    for (const warning of loaded.warnings) run.display.warn(warning)
    return loaded
  }

  /** Asks the plugins once, and tells of each that is of no use. */
  private backends(run: Run): Promise<Backends> {
    return (this.#backends ??= findBackends(this.config).then((found) => {
      const refused = found.all.flatMap(({refused: error}) => error ?? [])
      for (const {message} of [...found.failures, ...refused]) run.display.warn(message)
      return found
    }))
  }

  /** Names what a command is about to change, before it does. */
  protected async announce(
    {run, loaded, context}: Project,
    ...labels: readonly ('environment' | 'storage' | 'database')[]
  ): Promise<void> {
    const url = labels.includes('storage') ? (await context.storage()).url : undefined
    for (const {label, value, origin} of describeTarget(loaded, url)) {
      if (labels.includes(label)) run.display.say(`${label}: ${value} (${origin})`)
    }
  }
}
