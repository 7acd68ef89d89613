import type {StatusResult} from '../../operations/status.ts'
import {formatDate} from '../display/format.ts'
import {table} from '../display/table.ts'

/** What `status` prints. */
export function statusText(result: StatusResult): string {
  const {database, project, current, releases, interrupted, artifact, comparedWith} = result
  const lines = [`Database: ${database}`]
  if (project !== undefined) lines.push(`Project: ${project}`)
  lines.push(`At: ${current ?? 'no release yet'}`)
  if (releases.length > 0) {
    lines.push(
      '',
      table(releases.toReversed(), [
        {heading: 'version', value: ({version}) => version},
        {heading: 'state', value: ({state}) => state},
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
  for (const one of interrupted) lines.push(`${one.version} is ${interruption(one)}`)
  if (!artifact || !comparedWith) return [...lines, 'The storage has no version yet'].join('\n')
  const {reference, why} = comparedWith
  lines.push(`Compared with: ${why === undefined ? reference : `${reference} (${why})`}`)
  lines.push(standingText(artifact))
  return lines.join('\n')
}

function interruption({state, open}: StatusResult['interrupted'][number]): string {
  if (state !== 'interrupted' || !open) return interruptedAs[state]
  const {statement, migration} = open
  return `interrupted, and what became of statement ${statement} of ${migration} is not known: apply refuses to go on`
}

const interruptedAs = {
  interrupted: 'interrupted: apply goes on with it',
  running: 'being applied right now',
  between: 'interrupted, or between two transactions of a run',
} as const

function standingText(artifact: NonNullable<StatusResult['artifact']>): string {
  const {version, standing, pending, extra} = artifact
  const texts: Record<typeof standing, string> = {
    behind: pending.length === 0 ? `Up to date with ${version}` : `Pending: ${pending.join(', ')}`,
    ahead: `The database is ahead: it has ${extra.join(', ')}, which ${version} lacks`,
    'other-line': `The database is on another line: it has ${extra.join(', ')}, which ${version} lacks`,
    diverged: `The database has diverged: one version has other content there than in ${version}`,
    hole: 'The database lacks a release that a later one in it was built on',
    'other-project': 'The database belongs to another project',
  }
  return texts[standing]
}
