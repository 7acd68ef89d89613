import type {Report} from '../operations/report.ts'
import type {Display} from './display/display.ts'
import {formatBytes} from './display/format.ts'

/** Shows what operations report while they work. */
export function showSteps(display: Display): Report {
  const moving = new Set<string>()
  return (step) => {
    if (step.type === 'note') return display.say(step.text)
    if (step.type === 'warning') return display.warn(step.text)
    const {digest, title, size, state} = step
    if (state !== 'present' && !moving.has(digest)) {
      moving.add(digest)
      display.task(digest, title)
      display.update(digest, formatBytes(size))
    }
    if (state === 'done') {
      moving.delete(digest)
      display.done(digest, formatBytes(size))
    }
  }
}
