import {readFile} from 'node:fs/promises'
import {extname} from 'node:path'
import {SquizzleError} from '../../errors.ts'
import type {ConfigContext} from '../define.ts'
import {type PlainTree, plainTree} from './plain.ts'

export interface ReadContext extends ConfigContext {
  /** The file as messages name it. */
  readonly label: string
  /** Takes the environment's secrets out of what a configuration file throws. */
  readonly redact: (text: string) => string
}

export interface ReadConfig extends PlainTree {
  /** It was told the environment, and may have made use of it. */
  readonly isFunction: boolean
}

/**
 * What a configuration file holds, as plain data.
 * @throws CONFIG_INVALID naming file, line and column; never with a piece of the file in it
 */
export async function readConfigFile(file: string, context: ReadContext): Promise<ReadConfig> {
  switch (extname(file)) {
    case '.json': {
      const {parseJson} = await import('./read-json.ts')
      const value = parseJson(await readText(file, context.label), context.label)
      return {...plainTree(value), isFunction: false}
    }
    case '.yaml': {
      const {parseYaml} = await import('./read-yaml.ts')
      const value = parseYaml(await readText(file, context.label), context.label)
      return {...plainTree(value), isFunction: false}
    }
    default: {
      const {readModule} = await import('./read-module.ts')
      return readModule(file, context)
    }
  }
}

async function readText(file: string, label: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new SquizzleError('CONFIG_INVALID', `${label} cannot be read`, {
      hint: 'Check its permissions.',
      cause: error,
    })
  })
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    throw new SquizzleError('CONFIG_INVALID', `${label} is not UTF-8`, {hint: 'Save it as UTF-8.'})
  }
}

/** An error at a place of a configuration file. */
export function errorAt(
  label: string,
  what: string,
  place: {readonly line?: number | undefined; readonly column?: number | undefined},
  options: {readonly hint?: string; readonly cause?: unknown} = {},
): SquizzleError {
  const {line, column} = place
  const at = [label, line, column].filter((part) => part !== undefined).join(':')
  return new SquizzleError('CONFIG_INVALID', `${at}: ${what}`, {
    ...options,
    details: {
      file: label,
      ...(line !== undefined && {line}),
      ...(column !== undefined && {column}),
    },
  })
}
