import {describeLockOwner} from '../../database/lock.ts'
import type {LedgerScript} from '../../operations/ledger-ddl.ts'
import type {RequireResult} from '../../operations/require-release.ts'
import type {StatusResult} from '../../operations/status.ts'
import {formatDate} from '../display/format.ts'
import {table} from '../display/table.ts'

/** What `status --ledger-ddl` prints: SQL, ready to be run. */
export function ledgerScriptText({ddl, grants}: LedgerScript): string {
  return [...ddl, ...grants].map((statement) => `${statement};`).join('\n')
}

/** What `status --require` prints where it is there. */
export function requireText({database, required: {reference, version}}: RequireResult): string {
  return `${database} has ${reference.replace(/^v/, '') === version ? version : `${reference} (${version})`}`
}

/** What `status` prints. */
export function statusText(result: StatusResult): string {
  const {database, project, current, releases, lock, interrupted, artifact, comparedWith} = result
  const lines = [`Database: ${database}`]
  if (project !== undefined) lines.push(`Project: ${project}`)
  lines.push(`At: ${current ?? 'no release yet'}`)
  if (releases.length > 0) {
    lines.push(
      '',
      table(releases.toReversed(), [
        {heading: 'version', value: ({version}) => version},
        {
          heading: 'state',
          value: ({state, origin}) => (origin === 'run' ? state : `${state} (${origin})`),
        },
        {
          heading: 'migrations',
          align: 'right',
          value: ({migrations}) => String(migrations.filter(({state}) => state === 'done').length),
        },
        {heading: 'when', value: ({finishedAt, startedAt}) => formatDate(finishedAt ?? startedAt)},
        {heading: 'by', value: ({runBy, role}) => `${runBy} (${role})`},
      ]),
      '',
    )
  }
  if (lock !== undefined) lines.push(`A run is under way: ${describeLockOwner(lock)}`)
  for (const one of interrupted) lines.push(`${one.version} is ${interruption(one)}`)
  if (!artifact || !comparedWith) return [...lines, 'The storage has no version yet'].join('\n')
  const {reference, why} = comparedWith
  lines.push(`Compared with: ${why === undefined ? reference : `${reference} (${why})`}`)
  lines.push(standingText(artifact))
  return lines.join('\n')
}

function interruption({state, undoing, open}: StatusResult['interrupted'][number]): string {
  if (state === 'interrupted' && open) return interruptedWithin(open)
  if (undoing && state !== 'running') return 'partly rolled back: rollback goes on with it'
  return interruptedAs[state]
}

type Open = NonNullable<StatusResult['interrupted'][number]['open']>

function interruptedWithin({statement, migration, next, resolve}: Open): string {
  return `interrupted within statement ${statement} of ${migration}: run \`squizzle ${next}\`, which settles it or asks for \`${resolve}\``
}

const interruptedAs = {
  interrupted: 'interrupted: apply goes on with it, rollback undoes it',
  running: 'being applied or rolled back right now',
  between: 'interrupted, or between two transactions of a run',
} as const

function standingText(artifact: NonNullable<StatusResult['artifact']>): string {
  const {version, pending, problem} = artifact
  if (problem !== undefined) return `${sentence(problem.message)}\n${problem.hint ?? ''}`.trimEnd()
  return pending.length === 0 ? `Up to date with ${version}` : `Pending: ${pending.join(', ')}`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
