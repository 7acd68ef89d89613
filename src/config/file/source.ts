import {dirname, relative} from 'node:path'
import type {Config} from '../define.ts'
import {given, type LoadInput} from '../inputs.ts'
import {invalidConfig} from '../problems/problems.ts'
import {createRedactor} from '../redact.ts'
import {configSecrets, environmentSecrets} from '../secrets/collect.ts'
import {check} from '../validate.ts'
import {locateConfig} from './locate.ts'
import {readConfigFile} from './read.ts'
import {configSchema} from './schema.ts'

/** The configuration file, read and checked for itself; or that there is none. */
export interface ConfigSource {
  /** What relative paths are relative to. */
  readonly root: string
  readonly config: Config
  readonly isFunction: boolean
  readonly file?: {
    /** Absolute. */
    readonly path: string
    /** As messages name it. */
    readonly label: string
    readonly origin: string
    /** What is secret in it. */
    readonly secrets: readonly string[]
  }
}

/**
 * Reads the file and checks all of it, also the environments that are not selected.
 * @param environment what a configuration function is told
 * @throws CONFIG_INVALID, USAGE
 */
export async function readSource(
  input: LoadInput,
  environment: string | undefined,
  isSecret: (path: string) => boolean,
): Promise<ConfigSource> {
  const {cwd, env} = input
  const located = await locateConfig(cwd, given(input, 'config', 'SQUIZZLE_CONFIG'))
  if (located === undefined) return {root: cwd, config: {}, isFunction: false}
  const {path, origin} = located
  const label = relative(cwd, path)
  const known = environmentSecrets(env)
  const context = {label, environment, redact: createRedactor(known)}
  const {tree, problems, isFunction} = await readConfigFile(path, context)
  const secrets = configSecrets(tree, isSecret)
  const redact = createRedactor([...known, ...secrets])
  const checked = check(configSchema, tree, '', {isSecret, redact})
  if (checked.ok && problems.length === 0) {
    const file = {path, label, origin, secrets}
    return {root: dirname(path), config: checked.output, isFunction, file}
  }
  throw invalidConfig([...problems, ...(checked.ok ? [] : checked.problems)], label)
}
