import type {BlobStep, Report} from '../operations/report.ts'
import {showDatabaseSteps} from './database-steps.ts'
import type {Display} from './display/display.ts'
import {formatBytes} from './display/format.ts'

/** Shows what operations report while they work. */
export function showSteps(display: Display): Report {
  const showBlob = showBlobs(display)
  const showDatabase = showDatabaseSteps(display)
  return (step) => {
    if (step.type === 'note') display.say(step.text)
    else if (step.type === 'warning') display.warn(step.text)
    else if (step.type === 'blob') showBlob(step)
    else showDatabase(step)
  }
}

function showBlobs(display: Display): (step: BlobStep) => void {
  const moving = new Set<string>()
  return ({digest, title, size, state}) => {
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
