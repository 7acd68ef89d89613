import {type ErrorCode, SquizzleError} from '../../errors.ts'
import {inSentence} from '../plain-text.ts'
import {redactUrl} from '../redact.ts'

/** One thing that is wrong with a value. All of it is fit to be shown. */
export interface Problem {
  /** Dotted; empty for the whole. */
  readonly path: string
  readonly found: string
  readonly expected: string
  /** The valid key or value that was probably meant. */
  readonly nearest?: string
}

/** Everything that is wrong, in one error: nobody wants to correct a file one message at a time. */
export function invalidConfig(problems: readonly Problem[], subject: string): SquizzleError {
  const safe = problems.map((problem) => ({...problem, path: safePath(problem.path)}))
  const lines = safe.map(describeProblem)
  const message =
    lines.length === 1
      ? `${subject} is not valid: ${lines[0]}`
      : `${subject} is not valid:\n${lines.map((line) => `  ${line}`).join('\n')}`
  return new SquizzleError('CONFIG_INVALID', message, {
    hint: `Correct ${lines.length === 1 ? 'it' : 'them'} and run the command again.`,
    details: {problems: safe},
  })
}

/** A key may be anything too. */
function safePath(path: string): string {
  return inSentence(redactUrl(path), 200)
}

function describeProblem({path, found, expected, nearest}: Problem): string {
  const place = path === '' ? '' : `${path}: `
  const suggestion = nearest === undefined ? '' : ` (did you mean ${JSON.stringify(nearest)}?)`
  return `${place}expected ${expected}, found ${found}${suggestion}`
}

/** An error about a single value that a flag or a variable gave. */
export function invalidInput(origin: string, message: string, hint: string): SquizzleError {
  const code: ErrorCode = origin.startsWith('--') ? 'USAGE' : 'CONFIG_INVALID'
  return new SquizzleError(code, message, {hint})
}

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`
}

export interface FoundOptions {
  /** Say no more than its type. */
  readonly secret: boolean
  readonly redact: (text: string) => string
}

/** What a value is, in words. */
export function describeFound(value: unknown, {secret, redact}: FoundOptions): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return describeObject(value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'string') {
    return secret ? 'a string' : JSON.stringify(inSentence(redact(value), 60))
  }
  if (secret || (typeof value !== 'number' && typeof value !== 'boolean')) {
    return `a ${typeof value}`
  }
  return `the ${typeof value} ${redact(String(value))}`
}

function describeObject(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return 'an object'
  const name: unknown = (prototype as {constructor?: {name?: unknown}}).constructor?.name
  return typeof name === 'string' && name !== '' && name !== 'Object'
    ? `an instance of ${inSentence(name, 40)}`
    : 'an object'
}
