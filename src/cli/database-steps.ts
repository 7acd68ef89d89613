import type {Step} from '../database/apply/steps.ts'
import {describeLockOwner} from '../database/lock.ts'
import type {Display} from './display/display.ts'
import {count, formatDuration} from './display/format.ts'

const lockTask = 'lock'

/** Shows a run: a task for each release, with the migration that it is at. */
export function showDatabaseSteps(display: Display): (step: Step) => void {
  let waits = false
  let total = 0
  let done = 0
  return (step) => {
    switch (step.type) {
      case 'lock-waiting':
        if (!waits) display.task(lockTask, 'waiting for another run')
        waits = true
        display.update(
          lockTask,
          `${step.owner ? describeLockOwner(step.owner) : 'its session is not visible'}, ${formatDuration(step.waited)}`,
        )
        return
      case 'build-waiting':
        return display.say(
          `waiting for a session that is still at an index: ${step.owner ? describeLockOwner(step.owner) : 'its session is not visible'}`,
        )
      case 'lock-taken':
        if (waits) display.done(lockTask)
        waits = false
        return
      case 'ledger-created':
        return display.say(`ledger: made in the schema ${step.schema}`)
      case 'replanned':
        if (step.skipped.length === 0) return
        return display.say(`another run has done ${step.skipped.join(', ')}`)
      case 'release-begun':
        total = step.migrations
        done = 0
        return display.task(step.release, step.release)
      case 'batch-sent':
        if (step.batches === 1) return
        return display.update(
          step.release,
          `${step.migrations[0]}: batch ${step.batch} of ${step.batches}`,
        )
      case 'statement-started':
        return display.update(
          step.release,
          `${step.migration}: statement ${step.statement} of ${step.statements}`,
        )
      case 'statement-settled':
        return display.say(settledText(step))
      case 'migration-done':
        done += 1
        return display.update(step.release, `${done} of ${total}: ${step.migration}`)
      case 'release-applied':
        return display.done(step.release, count(total, 'migration'))
      case 'release-undone':
        return display.done(step.release, `${count(total, 'migration')} undone`)
      case 'retry':
        return display.warn(
          `${step.release} was rolled back (${step.sqlstate} ${step.message}): trying again in ${formatDuration(step.delay)}, ${step.attempt} of ${step.limit}`,
        )
      case 'notice':
        return display.say(`${step.notice.severity}: ${step.notice.message}`)
      case 'notices-dropped':
        return display.say(`${count(step.count, 'more notice')} came too fast to be shown`)
      case 'heartbeat':
        return display.update(
          step.release,
          `${step.migrations[0]}: running for ${formatDuration(step.elapsed)}${progressText(step.progress)}`,
        )
      default:
    }
  }
}

function settledText(step: Extract<Step, {type: 'statement-settled'}>): string {
  const {release, migration, statement, outcome, repairs} = step
  const found = outcome === 'done' ? 'it was done' : 'it runs again'
  return `${release}/${migration}: an earlier run ended within statement ${statement}: ${[...repairs, found].join(', ')}`
}

/** `, CREATE INDEX CONCURRENTLY: building index: scanning table, 34%`. */
function progressText(progress: Extract<Step, {type: 'heartbeat'}>['progress']): string {
  if (progress === undefined) return ''
  const {command, phase, percent, waitsFor} = progress
  const parts = [`${command}: ${phase}`]
  if (waitsFor !== undefined) parts.push(`process ${waitsFor}`)
  else if (percent !== undefined) parts.push(`${percent}%`)
  return `, ${parts.join(', ')}`
}
