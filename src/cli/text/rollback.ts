import type {Version} from '../../artifact/version.ts'
import type {RollbackResult} from '../../operations/rollback.ts'
import type {StillNamed} from '../../operations/still-named.ts'
import {planLines} from './apply.ts'

/** What `rollback` prints: the plan on a dry run, else what came of it. */
export function rollbackText(result: RollbackResult): string {
  const {database, from, to, plan, undone, skipped, dryRun} = result
  if (plan.length === 0) {
    return from === undefined
      ? `${database} has no release to roll back`
      : `${database} is at ${from}: nothing to roll back`
  }
  if (dryRun) {
    return [
      `${database} would go from ${from} to ${to ?? 'nothing'}:`,
      ...plan.flatMap(planLines),
    ].join('\n')
  }
  return [
    ...(skipped.length > 0 ? [`Another run rolled back ${skipped.join(', ')}`] : []),
    ...(undone.length > 0 ? [`Rolled back ${undone.join(', ')}`] : []),
    to === undefined ? `${database} has no release now` : `${database} is at ${to}`,
  ].join('\n')
}

/** Warns that the next apply brings back what was just undone. */
export function stillNamedText(
  {reference, tag, why, versions}: StillNamed,
  to: Version | undefined,
): string {
  const named = why === undefined ? reference : `${why}, ${reference},`
  const move =
    tag === undefined || to === undefined
      ? 'name a version when you apply'
      : `move it with \`squizzle tag ${to} ${tag}\``
  return `${named} still has ${versions.join(', ')}, which the next apply brings back: ${move}`
}
