import type {OnStep, Step} from './steps.ts'

/** Hands steps to their listener, one after the other. */
export interface Reporter {
  /** Waits until the listener is done with it, and with all before it. @throws what the listener throws */
  readonly step: (step: Step) => Promise<void>
  /** For what happens while something else is waited for; a flood of it is cut short. */
  readonly note: (step: Step) => void
}

/** Notes that may wait for their listener: a script can raise millions of notices. */
const longestQueue = 1000

export function createReporter(onStep: OnStep = () => undefined): Reporter {
  let last = Promise.resolve()
  let queued = 0
  let dropped = 0
  const enqueue = (step: Step) => {
    queued += 1
    last = last.finally(() => (queued -= 1)).then(() => onStep(step))
    return last
  }
  const tellDropped = () => {
    if (dropped === 0) return
    // what it throws stops the next step, which waits for it
    enqueue({type: 'notices-dropped', count: dropped}).catch(() => undefined)
    dropped = 0
  }
  return {
    step: (step) => {
      tellDropped()
      return enqueue(step)
    },
    note: (step) => {
      if (queued >= longestQueue) {
        dropped += 1
        return
      }
      tellDropped()
      enqueue(step).catch(() => undefined)
    },
  }
}
