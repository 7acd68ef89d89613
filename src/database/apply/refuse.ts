import {SquizzleError} from '../../errors.ts'
import {needsDirectConnection} from '../plan/plan.ts'
import type {PlannedRelease} from '../plan/plan.ts'
import type {Session} from '../session.ts'

/** An apply or a rollback. */
interface Planned {
  readonly releases: readonly PlannedRelease[]
}

/**
 * Refuses a server that can't do what a plan needs, before anything is begun.
 * @throws CONFIG_INVALID
 */
export function refuseUnfit({server, name, engine}: Session, plan: Planned): void {
  if (server.standby) {
    throw unfit(
      `${name} is a standby: nothing can be written there`,
      'Use the address of the primary in the database URL.',
      name,
    )
  }
  if (server.readOnly) {
    throw unfit(
      `${name} is set to read only`,
      'Use the address of the primary, or take default_transaction_read_only back from the role or the database.',
      name,
    )
  }
  if (engine === 'pglite' && sendsRows(plan)) {
    throw unfit(
      'the embedded database cannot take the rows of COPY ... FROM stdin',
      'Apply it to a PostgreSQL server, or write the rows as INSERT statements (pg_dump --inserts).',
      name,
    )
  }
  if (server.pooled && needsDirectConnection(plan)) {
    throw unfit(
      'a migration that runs outside transactions cannot go through a pooler',
      'Set database.directUrl to an address of the server itself.',
      name,
    )
  }
}

function sendsRows({releases}: Planned): boolean {
  return releases.some(({segments}) =>
    segments.some(({migrations}) =>
      migrations.some(({source}) =>
        source.script.batches?.some((batch) => typeof batch !== 'number'),
      ),
    ),
  )
}

/** A direct URL that is none. */
export function pooledDirectly(name: string): SquizzleError {
  return unfit(
    `database.directUrl leads to a pooler: ${name}`,
    'Name the address of the server itself.',
    name,
  )
}

function unfit(message: string, hint: string, database: string): SquizzleError {
  return new SquizzleError('CONFIG_INVALID', message, {hint, details: {database}})
}
