import {constants} from 'node:os'
import {SquizzleError} from '../errors.ts'

const hint = 'What was begun is undone, or goes on where it stopped when the command is run again.'

/** npm and npx pass on a Ctrl-C that the terminal has sent to this process already: milliseconds. */
const echo = 300

export interface Interruption {
  /** Aborted by the first signal; its reason is a SquizzleError, INTERRUPTED or TERMINATED. */
  readonly signal: AbortSignal
  /** Gives the signals back to Node.js. */
  readonly stop: () => void
}

/**
 * Turns the first SIGINT or SIGTERM into an abort, so that work under way can be undone;
 * a second one ends the process at once.
 */
export function listenForSignals(onFirst: (reason: SquizzleError) => void): Interruption {
  const controller = new AbortController()
  let first: number | undefined
  const listener = (name: NodeJS.Signals) => {
    if (first === undefined) {
      first = performance.now()
      const reason = reasonOf(name)
      controller.abort(reason)
      onFirst(reason)
    } else if (performance.now() - first > echo) {
      process.exit(128 + constants.signals[name])
    }
  }
  process.on('SIGINT', listener)
  process.on('SIGTERM', listener)
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', listener)
      process.off('SIGTERM', listener)
    },
  }
}

function reasonOf(name: NodeJS.Signals): SquizzleError {
  return name === 'SIGINT'
    ? new SquizzleError('INTERRUPTED', 'interrupted', {hint})
    : new SquizzleError('TERMINATED', 'terminated', {hint})
}
