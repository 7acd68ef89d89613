import {execFile} from 'node:child_process'
import {extname} from 'node:path'
import {pathToFileURL} from 'node:url'
import {promisify} from 'node:util'
import type {SquizzleError} from '../../errors.ts'
import {inSentence} from '../plain-text.ts'
import {errorAt, type ReadContext} from './read.ts'

interface Place {
  readonly line?: number
  readonly column?: number
}

/**
 * Says what is wrong with a JavaScript or TypeScript configuration file, and where.
 * The error itself is not passed on: its message may quote the file, its properties may hold a secret.
 */
export async function explainModuleError(
  error: unknown,
  file: string,
  context: ReadContext,
): Promise<SquizzleError> {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const found = placeIn(stack, file)
  const place = found ?? (isUnplacedSyntaxError(error, file) ? await placeOfSyntaxError(file) : {})
  const what = whatHappened(error, context.redact)
  const hint = hintFor(error, file)
  return errorAt(context.label, what, place, hint === undefined ? {} : {hint})
}

/** `<file>:<line>:<column>` of a frame, `<file>:<line>` above a syntax error; the file as a path or as a URL. */
function placeIn(stack: string, file: string): Place | undefined {
  for (const name of [pathToFileURL(file).href, file]) {
    const after = stack.split(name).slice(1)
    for (const text of after) {
      const [, line, column] = /^(?:\?read=[0-9a-f-]+)?:(\d+)(?::(\d+))?/.exec(text) ?? []
      if (line !== undefined) {
        return {line: Number(line), ...(column !== undefined && {column: Number(column)})}
      }
    }
  }
  return undefined
}

function isUnplacedSyntaxError(error: unknown, file: string): boolean {
  return error instanceof SyntaxError && extname(file) !== '.ts'
}

/** Of an ES module's syntax error only a new process of Node tells the place; it gets no environment. */
async function placeOfSyntaxError(file: string): Promise<Place> {
  const checked = promisify(execFile)(process.execPath, ['--check', file], {env: {}, timeout: 5000})
  const said = await checked.then(
    () => '',
    (error: {readonly stderr?: string}) => error.stderr ?? '',
  )
  return placeIn(said, file) ?? {}
}

function whatHappened(error: unknown, redact: (text: string) => string): string {
  if (!(error instanceof Error)) return 'it threw something that is not an Error'
  const [firstLine = ''] = error.message.split('\n')
  // From the first quote on, the message of a syntax error (of JSON.parse too) is a piece of the text.
  if (error instanceof SyntaxError) {
    const [words = ''] = firstLine.split(/["'`]/)
    return `syntax error (${inSentence(words).toLowerCase() || 'unexpected text'})`
  }
  return `it failed with ${inSentence(redact(`${error.name}: ${firstLine}`), 300)}`
}

/** The causes that have one remedy. */
function hintFor(error: unknown, file: string): string | undefined {
  if (!(error instanceof Error)) return undefined
  const {message} = error
  const code = 'code' in error ? String(error.code) : ''
  const typescript = extname(file) === '.ts'
  if (/^(?:module|exports|require) is not defined in ES module scope/.test(message)) {
    return typescript
      ? 'The package is of type "module": use import and export default.'
      : 'The package is of type "module": rename the file to .cjs, or use import and export default.'
  }
  if (/^Unexpected token 'export'|^Cannot use import statement/.test(message)) {
    return typescript
      ? 'The package is of type "commonjs": use require and module.exports, or rename the file to .mjs.'
      : 'The package is of type "commonjs": rename the file to .mjs, or use require and module.exports.'
  }
  if (code === 'ERR_AMBIGUOUS_MODULE_SYNTAX') {
    return 'It mixes module.exports and top-level await: export an async function, or rename it to .mjs and use export default.'
  }
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return 'Node only strips types: no enum, no namespace, no parameter property.'
  }
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    return 'Install what it imports, or correct the path.'
  }
  if (error.name === 'NoDefaultExport') return 'Write `export default {...}`.'
  return undefined
}
