import type {Version} from '../artifact/version.ts'
import type {DatabaseSettings} from '../config/settings.ts'
import type {Author} from '../database/apply/options.ts'
import {readLedger} from '../database/ledger/read.ts'
import {resolvePlan, showStatement} from '../database/outside/resolve.ts'
import {findOpen, planResolve, type ResolvePlan, type Verdict} from '../database/plan/resolve.ts'
import {earlierReleases} from '../database/plan/undone.ts'
import {readStatement} from '../schema/outside-statement.ts'
import type {Context} from './context.ts'
import {releaseFinder} from './find-release.ts'
import {withProjectDatabase} from './project-database.ts'
import {withScripts} from './scripts.ts'

export interface ResolveInput {
  readonly release: Version
  /** Name of the migration. */
  readonly migration: string
  readonly verdict: Verdict
  /** For the ledger's event. */
  readonly reason: string
  readonly database: DatabaseSettings
  readonly author: Author
  /** Ask no storage: the builds made here, and what the cache remembers. */
  readonly offline: boolean
}

export interface ResolveResult {
  /** Free of secrets. */
  readonly database: string
  readonly release: Version
  readonly migration: string
  readonly verdict: Verdict
  /** Whether the migration was being applied or rolled back. */
  readonly direction: 'forward' | 'rollback'
  /** The statement that was decided about: its number from 1, and how many its script has. */
  readonly statement: number
  readonly statements: number
  /** `1.1.0/0004_orders.sql`, and where the statement begins there. */
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** The lines of the statement, numbered. */
  readonly excerpt?: string
  /** What the ledger says now. */
  readonly after: ResolvePlan['after']
  readonly runId: string
}

/**
 * Records a person's word on a statement whose outcome can't be known. Runs no migration.
 * @throws as `findOpen`, `releaseFinder` and `resolvePlan`
 */
export async function resolve(context: Context, input: ResolveInput): Promise<ResolveResult> {
  const {release, migration, verdict, reason, database, author, offline} = input
  return withProjectDatabase(context, database, async (session) => {
    const ledger = await readLedger(session, database)
    const open = findOpen(ledger, release, migration)
    const finder = releaseFinder(context, ledger, offline)
    const wanted = [open.recorded, ...earlierReleases(ledger, [open.recorded])]
    for (const recorded of wanted) await finder.find(recorded)
    const plan = planResolve(ledger, open, verdict, finder.known)
    const source = wanted.find(({version}) => version === plan.planned.source.release)
    const releases = source === undefined ? [] : [await finder.fetch(source)]
    return withScripts(context, {releases}, async (scriptBytes) => {
      const shown = await showStatement(plan, {scriptBytes})
      const {artifact, manifest} = open.recorded
      const {runId} = await resolvePlan(session, plan, shown, {
        scriptBytes,
        readStatement,
        reason,
        packed: finder.known,
        author,
        artifact: {
          ...(artifact !== undefined && {reference: artifact}),
          ...(manifest !== undefined && {manifest}),
        },
        // whoever has the lock may be at that very statement
        waitLock: 0,
        signal: context.signal,
      })
      const {statement, statements, after} = plan
      const {file, line, column, excerpt} = shown
      return {
        database: session.name,
        release: open.recorded.version,
        migration,
        verdict,
        direction: open.row.state === 'undoing' ? 'rollback' : 'forward',
        statement,
        statements,
        file,
        ...(line !== undefined && {line}),
        ...(column !== undefined && {column}),
        ...(excerpt !== undefined && {excerpt}),
        after,
        runId,
      }
    })
  })
}
