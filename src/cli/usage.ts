import {stripVTControlCharacters} from 'node:util'
import {nearest} from '../config/problems/nearest.ts'
import {SquizzleError} from '../errors.ts'

/** An error that oclif, or a command of an oclif plugin, raises for a person to read. */
export interface OclifError extends Error {
  readonly oclif: {readonly exit?: number}
  readonly code?: string
}

/** By shape: a plugin brings its own copy of oclif, whose classes are others. */
export function isOclifError(error: unknown): error is OclifError {
  return (
    error instanceof Error &&
    'oclif' in error &&
    typeof error.oclif === 'object' &&
    error.oclif !== null
  )
}

/** The exit code of `this.exit(code)`, which oclif throws as an error; undefined for a real one. */
export function exitRequest(error: unknown): number | undefined {
  return isOclifError(error) && error.code === 'EEXIT' ? (error.oclif.exit ?? 0) : undefined
}

/**
 * oclif's text without its internals: they hold every flag's value, also those from the environment.
 * @param command as typed behind `squizzle`, where it is known
 */
export function usageError(error: OclifError, bin: string, command?: string): SquizzleError {
  const {message, rest} = split(withoutFlagValues(error.message))
  const meant = unknownFlag(error)
  const help = `\`${[bin, command, '--help'].filter(Boolean).join(' ')}\` says how it is used.`
  return new SquizzleError('USAGE', message, {
    hint: meant === undefined ? help : `Did you mean --${meant}? ${help}`,
    ...(rest === '' ? {} : {details: {excerpt: rest}}),
  })
}

/** `--storage=s3://... cannot also be provided ...`: which flag it is says enough. */
function withoutFlagValues(text: string): string {
  return text.replaceAll(/(--[\w-]+)=.*?(?= cannot also be | to be one of|, --|\n|$)/g, '$1')
}

function split(text: string): {message: string; rest: string} {
  const [first = '', ...others] = stripVTControlCharacters(text)
    .replace(/\s*See more help with --help\s*$/, '')
    .replace(/^The following errors? occurred:\s*/, '')
    .replace(/^(Parsing --\S+)\s+/, '$1: ')
    .split('\n')
  return {
    message: first.slice(0, 1).toLowerCase() + first.slice(1).replace(/[.:]$/, ''),
    rest: others.join('\n'),
  }
}

/** The flag that an unknown one is nearest to. */
function unknownFlag(error: Error): string | undefined {
  if (!('flags' in error) || !Array.isArray(error.flags)) return undefined
  const typed: unknown = error.flags[0]
  const known = 'parse' in error ? flagNames(error.parse) : []
  return typeof typed === 'string' ? nearest(typed.replace(/^-+|=.*$/gs, ''), known) : undefined
}

function flagNames(parse: unknown): string[] {
  const input = (parse as {input?: {flags?: object}} | undefined)?.input
  return Object.keys(input?.flags ?? {})
}
