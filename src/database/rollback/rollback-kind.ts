import type {Version} from '../../artifact/version.ts'
import type {RunKind} from '../apply/kind.ts'
import {rowOf} from '../apply/segment.ts'
import {insertEvent} from '../writes/events.ts'
import {deleteMigration, deleteRelease, reopenRelease} from './writes.ts'

/**
 * Back: a release is `applying` from its first segment on, so that a run that ends in between is gone on with in either
 * direction, and its row goes with the last.
 * @param to what the database will be at
 */
export function rollbackKind(to: Version | undefined): RunKind {
  const again = to === undefined ? 'squizzle rollback' : `squizzle rollback --to ${to}`
  return {
    event: 'rollback',
    failure: 'ROLLBACK_FAILED',
    words: {
      failed: 'its transaction had no effect',
      still: '',
      goesOn: 'where the next rollback goes on',
      again: `Run \`${again}\`: it goes on from there.`,
    },
    records: {
      open: (writer, {planned, last}) => (last ? [] : [reopenRelease(writer, planned.position)]),
      done: (writer, segment, migration) => deleteMigration(writer, rowOf(segment, migration)),
      close: (writer, {planned, last}) => {
        if (!last) return []
        const {version, diffId} = planned.release
        return [
          deleteRelease(writer, planned.position),
          insertEvent(writer, 'rolled-back', {version, diffId}),
        ]
      },
    },
  }
}
