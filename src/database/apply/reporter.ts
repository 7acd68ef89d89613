import type {OnStep, Step} from './steps.ts'

/** Hands steps to their listener, one after the other. */
export interface Reporter {
  /** Waits until the listener is done with it, and with all before it. @throws what the listener throws */
  readonly step: (step: Step) => Promise<void>
  /** For what happens while something else is waited for. */
  readonly note: (step: Step) => void
}

export function createReporter(onStep: OnStep = () => undefined): Reporter {
  let last = Promise.resolve()
  const enqueue = (step: Step) => {
    last = last.then(() => onStep(step))
    return last
  }
  return {
    step: enqueue,
    note: (step) => {
      // what it throws stops the next step, which waits for it
      enqueue(step).catch(() => undefined)
    },
  }
}
