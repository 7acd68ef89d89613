import type {Step} from '../../../src/database/apply/steps.ts'
import {withClient} from '../../support/database.ts'
import {apply, schema} from './apply.ts'
import type {ApplyRequest} from './apply.ts'
import {artifact} from './artifact.ts'
import type {FileSource, TestArtifact} from './artifact.ts'

/** A release that makes what the script needs, one of the script, and a last migration to show that it went on. */
export function withOutside(
  setup: string,
  script: string | Omit<FileSource, 'transaction'>,
): TestArtifact {
  const outside = typeof script === 'string' ? {sql: script} : script
  return artifact([
    {version: '1.0.0', files: {setup}},
    {
      version: '1.1.0',
      files: {outside: {...outside, transaction: false}, last: 'create table last ()'},
    },
  ])
}

/** Ends a run when the script outside transactions is about to be sent: it is recorded as begun, and was not. */
export async function leaveOpen(
  url: string,
  shop: TestArtifact,
  request: ApplyRequest = {},
): Promise<void> {
  const gone = new Error('gone')
  const onStep = (step: Step) => {
    if (step.type === 'batch-sent' && step.migrations[0] === 'outside') throw gone
  }
  const error = await apply(url, shop, {...request, onStep}).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error !== gone) throw error ?? new Error('the script was never sent')
}

export const rowOfScript = `select state, statement_started as started, statement_done as done
  from ${schema}.migrations where name = 'outside'`

/** What a run said of the statement that it found open. */
export function settledIn(steps: readonly Step[]): readonly unknown[] {
  return steps.flatMap((step) =>
    step.type === 'statement-settled' ? [step.outcome, ...step.repairs] : [],
  )
}

/** What is invalid, and what is valid, of all indexes outside the ledger. */
export async function indexesOf(url: string): Promise<Record<string, boolean>> {
  return withClient(url, async (client) => {
    const {rows} = await client.query<{name: string; valid: boolean}>(
      `select indexrelid::regclass::text as name, indisvalid and indisready and indislive as valid
        from pg_index join pg_class on oid = indexrelid
        where relnamespace not in ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace, '${schema}'::regnamespace)
        order by 1`,
    )
    return Object.fromEntries(rows.map(({name, valid}) => [name, valid]))
  })
}
