import {inCatalog} from '../ledger/read.ts'
import type {Row, Session} from '../session.ts'

/** What PostgreSQL's own views show of a statement that runs for long. */
export interface Progress {
  /** `CREATE INDEX CONCURRENTLY`. */
  readonly command: string
  /** `building index: scanning table`. */
  readonly phase: string
  /** Of the phase: 0 to 100. */
  readonly percent?: number
  /** The process that it waits for. */
  readonly waitsFor?: number
}

/** Follows what a session runs, from a second one. */
export interface ProgressWatch {
  /** As last seen. Asks again, without waiting for the answer. */
  readonly look: () => Progress | undefined
  /** Never throws, and waits for nothing: what was watched is over. */
  readonly end: () => void
}

/**
 * Opens a second session when it is first looked at. That one is never in a transaction between two questions: a
 * concurrent build would wait for it. Where none can be had, nothing is seen.
 */
export function watchProgress(session: Session): ProgressWatch {
  let seen: Progress | undefined
  let asking = false
  let ended = false
  let opened: Promise<Session> | undefined
  const ask = async () => {
    asking = true
    try {
      opened ??= session.reopen()
      const watcher = await opened
      const [row] = await watcher.query(inCatalog(progressOf(session.server.backend)))
      seen = row && parseProgress(row)
      asking = false
    } catch {
      // nobody is asked again: a server without a free connection has other worries
    }
  }
  return {
    look: () => {
      if (!ended && !asking && canBeWatched(session)) void ask()
      return seen
    },
    end: () => {
      ended = true
      opened?.then((watcher) => watcher.close()).catch(() => undefined)
    },
  }
}

/** Behind a pooler the process is another one's by now; the embedded database has one session. */
function canBeWatched({engine, server, lost}: Session): boolean {
  return engine === 'postgresql' && !server.pooled && !lost
}

function progressOf(pid: number): string {
  return `SELECT command, phase, current_locker_pid AS locker,
      CASE WHEN phase LIKE 'waiting%' THEN lockers_done WHEN tuples_total > 0 THEN tuples_done ELSE blocks_done END AS done,
      CASE WHEN phase LIKE 'waiting%' THEN lockers_total WHEN tuples_total > 0 THEN tuples_total ELSE blocks_total END AS total
    FROM pg_stat_progress_create_index WHERE pid = ${pid}
    UNION ALL SELECT 'VACUUM', phase, NULL, heap_blks_scanned, heap_blks_total FROM pg_stat_progress_vacuum WHERE pid = ${pid}
    UNION ALL SELECT command, phase, NULL, heap_blks_scanned, heap_blks_total FROM pg_stat_progress_cluster WHERE pid = ${pid}
    UNION ALL SELECT 'ANALYZE', phase, NULL, sample_blks_scanned, sample_blks_total FROM pg_stat_progress_analyze WHERE pid = ${pid}`
}

function parseProgress(row: Row): Progress | undefined {
  const {command, phase} = row
  if (typeof command !== 'string' || typeof phase !== 'string') return undefined
  const [done, total, locker] = [row['done'], row['total'], row['locker']].map(Number)
  return {
    command,
    phase,
    ...(total !== undefined && total > 0 && {percent: percentOf(done ?? 0, total)}),
    ...(locker !== undefined && locker > 0 && {waitsFor: locker}),
  }
}

/** Whole, and 100 only at the end. */
function percentOf(done: number, total: number): number {
  return Math.min(100, Math.floor((done / total) * 100))
}
