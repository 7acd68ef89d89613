import {migrationLabel} from '../artifact/release.ts'
import type {DatabaseSettings} from '../config/settings.ts'
import {pooledDirectly, refuseUnfit} from '../database/apply/refuse.ts'
import {needsDirectConnection, type ApplyPlan} from '../database/plan/plan.ts'
import {checkSameDatabase} from '../database/same-database.ts'
import type {Session} from '../database/session.ts'
import type {Context} from './context.ts'
import {withProjectDatabase} from './project-database.ts'

/**
 * Runs the work with the session, or, where the plan needs more than a transaction pooler gives, with one past the
 * pooler: at `database.directUrl`, which is found to be the same database first.
 * @throws CONFIG_INVALID for a server that can't do what the plan needs, before anything is begun
 */
export async function withFitSession<T>(
  context: Context,
  settings: DatabaseSettings,
  session: Session,
  plan: Pick<ApplyPlan, 'releases'>,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const {directUrl} = settings
  if (!session.server.pooled || !needsDirectConnection(plan) || directUrl === undefined) {
    refuseUnfit(session, plan)
    await warnOfNoLimit(context, settings, session, plan)
    return work(session)
  }
  return withProjectDatabase(context, {...settings, url: directUrl}, async (direct) => {
    if (direct.server.pooled) throw pooledDirectly(direct.name)
    refuseUnfit(direct, plan)
    await checkSameDatabase(session, direct)
    await context.report({type: 'note', text: `database.directUrl: ${direct.name}`})
    return work(direct)
  })
}

/** The embedded database runs in this thread: nothing can end what runs for too long. */
async function warnOfNoLimit(
  {report}: Context,
  {statementTimeout}: DatabaseSettings,
  {engine}: Session,
  {releases}: Pick<ApplyPlan, 'releases'>,
): Promise<void> {
  if (engine !== 'pglite') return
  const limited = releases.flatMap(({release, segments}) =>
    segments.flatMap(({migrations}) =>
      migrations
        .filter(({migration: {forward, rollback}}) =>
          [forward, rollback].some((script) => script?.statementTimeout !== undefined),
        )
        .map(({migration}) => migrationLabel(release.version, migration.name)),
    ),
  )
  const what = statementTimeout === undefined ? limited.join(', ') : 'any script'
  if (what === '') return
  const text = `the embedded database knows no statement-timeout: nothing ends ${what} that runs for too long`
  await report({type: 'warning', text})
}
