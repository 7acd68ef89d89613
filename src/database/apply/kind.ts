import type {ErrorCode} from '../../errors.ts'
import type {PlannedMigration} from '../plan/segments.ts'
import type {SegmentWork} from './segment.ts'
import type {Writer} from '../writes/writer.ts'

/** What runs forward and runs back differ in: what they write to the ledger, and how they speak of it. */
export interface RunKind {
  /** Of the event with which a run begins. */
  readonly event: string
  /** Of a script that failed. */
  readonly failure: ErrorCode
  readonly records: Records
  readonly words: Words
}

/** The statements with which a release's scripts are recorded, each in the transaction of what it says. */
export interface Records {
  /** Before the first script of a segment. */
  readonly open: (writer: Writer, segment: SegmentWork) => readonly string[]
  /**
   * After a script.
   * @param start an expression for when it began
   */
  readonly done: (
    writer: Writer,
    segment: SegmentWork,
    migration: PlannedMigration,
    start: string,
  ) => string
  /** After the last script of a segment. */
  readonly close: (writer: Writer, segment: SegmentWork) => readonly string[]
}

/** Parts of sentences. */
export interface Words {
  /** What became of a transaction in which a script failed. */
  readonly failed: string
  /** Between "the database is" and "at 1.0.0", where nothing of a release was begun. */
  readonly still: '' | 'still '
  /** Of a release that is half done: who goes on with it. */
  readonly goesOn: string
  /** What to do where a run ended. */
  readonly again: string
}
