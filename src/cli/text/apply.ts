import type {ApplyResult} from '../../operations/apply.ts'
import type {PlannedRelease} from '../../operations/planned-release.ts'
import {count} from '../display/format.ts'

/** What `apply` prints: the plan on a dry run, else what came of it. */
export function applyText(result: ApplyResult): string {
  const {digest, database, from, to, plan, applied, skipped, ahead, dryRun} = result
  const lines = [`Digest: ${digest}`]
  if (ahead.length > 0) {
    lines.push(
      `${database} is ahead, at ${to}: it has ${ahead.join(', ')}, which the artifact lacks`,
    )
  } else if (plan.length === 0) {
    lines.push(`${database} is up to date, at ${to}`)
  } else if (dryRun) {
    lines.push(
      `${database} would go from ${from ?? 'nothing'} to ${to}:`,
      ...plan.flatMap(planLines),
    )
  } else {
    if (skipped.length > 0) lines.push(`Another run applied ${skipped.join(', ')}`)
    if (applied.length > 0) lines.push(`Applied ${applied.join(', ')}`)
    lines.push(`${database} is at ${to}`)
  }
  return lines.join('\n')
}

/** A release of a plan, with its segments where there are several. */
export function planLines(planned: PlannedRelease): string[] {
  const {version, kind, continued, open, segments} = planned
  const migrations = segments.reduce((sum, segment) => sum + segment.migrations.length, 0)
  const parts = segments.length > 1 ? `${count(segments.length, 'segment')}, ${kind}` : kind
  return [
    `${version}: ${count(migrations, 'migration')}, ${parts}${continued ? ', goes on where a run ended' : ''}`,
    ...(open ? [`  first, statement ${open.statement} of ${open.migration} is settled`] : []),
    ...segments.flatMap(({transaction, migrations: names}, index) => [
      ...(segments.length > 1
        ? [`  segment ${index + 1}, ${transaction ? 'one transaction' : 'outside a transaction'}`]
        : []),
      ...names.map((name) => `${segments.length > 1 ? '    ' : '  '}${name}`),
    ]),
  ]
}
