import type {RunKind} from './kind.ts'
import {rowOf} from './segment.ts'
import {finishRelease, insertRelease, takeOverRelease} from '../writes/releases.ts'
import {insertDoneMigration} from '../writes/migrations.ts'
import {insertEvent} from '../writes/events.ts'

/** Forward: a release's row comes with its first segment, and is applied with its last. */
export const applyKind: RunKind = {
  event: 'apply',
  failure: 'MIGRATION_FAILED',
  words: {
    failed: 'rolled back',
    still: 'still ',
    goesOn: 'where the next apply goes on',
    again: 'Run the same command again: it goes on from there.',
  },
  records: {
    open: (writer, {planned, first}) => {
      if (!first) return []
      const {continued, position, release} = planned
      return [
        continued ? takeOverRelease(writer, position) : insertRelease(writer, release, position),
      ]
    },
    done: (writer, segment, migration, start) =>
      insertDoneMigration(writer, rowOf(segment, migration), start),
    close: (writer, {planned, last}) => {
      if (!last) return []
      const {version, diffId} = planned.release
      return [
        finishRelease(writer, planned.position),
        insertEvent(writer, 'applied', {version, diffId}),
      ]
    },
  },
}
