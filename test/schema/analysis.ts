import assert from 'node:assert/strict'
import {isSquizzleError} from '../../src/errors.ts'
import {analyzeScript, type ScriptOptions} from '../../src/schema/analyze.ts'

type Options = Partial<ScriptOptions>

const defaults: ScriptOptions = {file: '0007_orders.sql', role: 'forward', parse: 'required'}

export function analyze(sql: string | Uint8Array, options: Options = {}) {
  return analyzeScript(Buffer.from(sql), {...defaults, ...options})
}

/** The text that a script is packed as. */
export async function packed(sql: string, options: Options = {}): Promise<string> {
  return Buffer.from((await analyze(sql, options)).sql).toString()
}

/** The statements of a script, cut at the borders that are recorded for one outside transactions. */
export async function pieces(sql: string): Promise<string[]> {
  const {sql: bytes, batches = [0]} = await analyze(sql, {noTransaction: true})
  return cut(bytes, batches)
}

export function cut(bytes: Uint8Array, batches: readonly unknown[]): string[] {
  const offsets = batches.map(Number)
  return offsets.map((at, index) => Buffer.from(bytes.subarray(at, offsets[index + 1])).toString())
}

export interface Refusal {
  readonly code: string
  /** `line:column`. */
  readonly place: string
  /** What happened, without place and excerpt. */
  readonly what: string
  readonly excerpt: string
  readonly hint: string
}

/** The refusal of a script that must be refused at a place. */
export async function refusal(sql: string | Uint8Array, options: Options = {}): Promise<Refusal> {
  const error: unknown = await analyze(sql, options).then(
    () => assert.fail(`not refused: ${String(sql)}`),
    (reason: unknown) => reason,
  )
  if (!isSquizzleError(error)) throw error
  const {file = defaults.file} = options
  const {line, column} = error.details
  assert.equal(error.details['file'], file)
  const {excerpt = ''} = error.details
  const head = `${file}:${String(line)}:${String(column)}: `
  assert.ok(error.message.startsWith(head), error.message)
  assert.ok(error.hint, 'an error says what to do')
  return {
    code: error.code,
    place: `${String(line)}:${String(column)}`,
    what: error.message.slice(head.length),
    excerpt: String(excerpt),
    hint: error.hint ?? '',
  }
}
