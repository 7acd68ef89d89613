import {type BaseIssue, type GenericSchema, safeParse} from 'valibot'
import {nearest} from './problems/nearest.ts'
import {describeFound, invalidConfig, oneOf, type Problem} from './problems/problems.ts'
import {schemaAt, shapeProblems} from './problems/shape.ts'
import {redactUrl} from './redact.ts'
import {isSecretName} from './secrets/names.ts'
import {joinPath} from './tree.ts'

export interface ValidateOptions {
  /** Which values are never shown; those with a name like `password` never are. */
  readonly isSecret?: (path: string) => boolean
  /** Takes known secrets out of what is shown. */
  readonly redact?: (text: string) => string
}

export type Checked<T> =
  | {readonly ok: true; readonly output: T}
  | {readonly ok: false; readonly problems: readonly Problem[]}

/**
 * The value as the schema types it.
 * A schema's own message is what it expected, put after the word "expected": `regex(/^\d+s$/, 'a time such as 5s')`.
 * @param path where the value stands, dotted; also named by the error when empty: "the value"
 * @throws CONFIG_INVALID naming each path, what was found, what was expected and the nearest valid key
 */
export function validate<T>(
  schema: GenericSchema<unknown, T>,
  value: unknown,
  path: string,
  options: ValidateOptions = {},
): T {
  const checked = check(schema, value, path, options)
  if (checked.ok) return checked.output
  throw invalidConfig(checked.problems, path === '' ? 'the value' : path)
}

/** As `validate`, for who gathers the problems of several values. */
export function check<T>(
  schema: GenericSchema<unknown, T>,
  value: unknown,
  path: string,
  options: ValidateOptions = {},
): Checked<T> {
  const problems = shapeProblems(schema, value, path)
  const parsed = safeParse(schema, value)
  const more = (parsed.issues ?? [])
    .flatMap(leafIssues)
    .map((issue) => problemOf(schema, issue, path, options))
    .filter(({path: at}) => !problems.some((it) => at === it.path || at.startsWith(`${it.path}.`)))
  const all = [...problems, ...more]
  if (parsed.success && all.length === 0) return {ok: true, output: parsed.output}
  return {ok: false, problems: all}
}

type Issue = BaseIssue<unknown>

/** Of a union that no option fits, the problems inside the option that was meant say more than the union. */
function leafIssues(issue: Issue): Issue[] {
  const within = (issue.issues ?? []).filter((inner) => inner.path)
  if (within.length === 0) return [issue]
  const outer = issue.path ?? []
  return within.map((inner) => ({...inner, path: [...outer, ...(inner.path ?? [])]}) as Issue)
}

function problemOf(
  schema: GenericSchema,
  issue: Issue,
  root: string,
  options: ValidateOptions,
): Problem {
  const {isSecret = () => false, redact = redactUrl} = options
  const keys = (issue.path ?? []).map((item) => String(item.key))
  const path = keys.reduce(joinPath, root)
  const secret = isSecret(path) || path.split('.').some(isSecretName)
  const missing = issue.received === 'undefined'
  const value = missing ? undefined : issue.input
  // Of an absent key valibot says only that the key was expected.
  const wanted = missing ? schemaAt(schema, keys)?.expects : issue.expected
  const choices = choicesOf(wanted)
  const meant = typeof value === 'string' && !secret ? nearest(value, choices) : undefined
  return {
    path,
    found: describeFound(value, {secret, redact}),
    expected: redact(expectedOf(missing ? '' : issue.message, wanted, choices)),
    ...(meant !== undefined && {nearest: meant}),
  }
}

/** A schema's own message says what it expects; valibot's say what was received, which may be a secret. */
function expectedOf(
  message: string,
  wanted: string | null | undefined,
  choices: readonly string[],
): string {
  if (choices.length > 0)
    return choices.length === 1 ? choices.join() : `one of ${choices.join(', ')}`
  if (message !== '' && !message.startsWith('Invalid ')) return message
  return oneOf(alternatives(wanted ?? 'another value').map((type) => typeNames[type] ?? type))
}

/** `("a" | "b")`: how valibot writes that one of these literals is expected. */
function choicesOf(wanted: string | null | undefined): string[] {
  const parts = alternatives(wanted ?? '')
  const quoted = parts.filter((part) => /^"[^"\\]*"$/.test(part))
  return quoted.length === parts.length ? quoted.map((part) => part.slice(1, -1)) : []
}

function alternatives(wanted: string): string[] {
  return wanted.replaceAll(/^\(|\)$/g, '').split(' | ')
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  Object: 'an object',
  Array: 'a list',
  undefined: 'nothing',
}
