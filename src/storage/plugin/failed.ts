import {isSquizzleError, SquizzleError} from '../../errors.ts'

/**
 * What a plugin threw, as an error that names it. Its own `SquizzleError`s say what happened and stay as they are.
 * @param doing as after "failed": `to open`, `in push`
 */
export function pluginFailed(plugin: string, doing: string, cause: unknown): SquizzleError {
  if (isSquizzleError(cause)) return cause
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause)
  return new SquizzleError('PLUGIN_FAILED', `the plugin ${plugin} failed ${doing}: ${reason}`, {
    hint: adviceOn(plugin),
    details: {plugin, reason},
    cause,
  })
}

export function pluginMisfit(plugin: string, reason: string): SquizzleError {
  return new SquizzleError('PLUGIN_FAILED', `the plugin ${plugin} does not fit: ${reason}`, {
    hint: adviceOn(plugin),
    details: {plugin, reason},
  })
}

export function adviceOn(plugin: string): string {
  return `Update it, or remove it with \`squizzle plugins uninstall ${plugin}\`.`
}
