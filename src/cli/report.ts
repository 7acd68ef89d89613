import {shownDetails} from '../database/failure-text.ts'
import {SquizzleError} from '../errors.ts'
import {wantsDetail, wantsJson} from './argv.ts'
import {cleanJson, cleanText} from './clean.ts'
import {painter, wantsColor} from './color.ts'
import {failureOf, type Failure} from './failure.ts'
import {exitRequest, isOclifError, usageError} from './usage.ts'

/**
 * The one way out for errors: sets the exit code and prints what happened, as a document on stdout
 * under `--json`, else as text on stderr.
 */
export function reportError(error: unknown, argv: readonly string[]): void {
  const exit = exitRequest(error)
  const failure = exit === undefined ? failureOf(translate(error)) : earlyEnd(exit)
  process.exitCode = failure.exitCode
  if (wantsJson(argv)) {
    process.stdout.write(`${cleanJson({error: document(failure, wantsDetail(argv))})}\n`)
  } else if (exit === undefined) {
    process.stderr.write(failureText(failure, wantsDetail(argv)))
  }
}

/** A broken installation has the shape of a usage error too. */
function translate(error: unknown): unknown {
  if (!isOclifError(error) || error.code === 'MODULE_NOT_FOUND') return error
  return usageError(error, 'squizzle')
}

/** `this.exit(code)` says nothing in text, but a program that reads JSON must be told. */
function earlyEnd(exitCode: number): Failure {
  const failure = failureOf(new SquizzleError('UNEXPECTED', 'the command ended early'))
  return {...failure, exitCode}
}

function document({causes, stack, ...error}: Failure, detail: boolean): object {
  return detail ? {...error, causes, stack} : error
}

function failureText(failure: Failure, detail: boolean): string {
  const {message, hint, details, causes, stack} = failure
  const paint = painter(wantsColor(process.stderr, process.env))
  const lines = [`${paint('red', 'Error:')} ${cleanText(message)}`]
  if (hint) lines.push(cleanText(hint))
  const shown = shownDetails(details).trimEnd()
  if (shown !== '') lines.push('', cleanText(shown))
  if (detail && stack !== undefined) lines.push('', cleanText(stack))
  if (detail && causes.length > 0) {
    lines.push('', ...causes.map((cause) => `Caused by: ${cleanText(cause)}`))
  }
  return `${lines.join('\n')}\n`
}
