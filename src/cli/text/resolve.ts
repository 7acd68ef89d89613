import type {ResolveResult} from '../../operations/resolve.ts'

/** What `resolve` prints: the statement, what the ledger says of it now, and what comes next. */
export function resolveText(result: ResolveResult): string {
  const {release, migration, verdict, statement, statements, file, line, column, excerpt} = result
  const place = line === undefined ? file : `${file}:${line}:${column}`
  return [
    ...(excerpt === undefined ? [] : [excerpt]),
    `${place}: statement ${statement} of ${statements} is recorded as ${verdict === 'applied' ? 'done' : 'not done'}`,
    `${release}/${migration} is ${stateOf(result)}`,
    nextOf(result),
  ].join('\n')
}

function stateOf({after, direction}: ResolveResult): string {
  if (after.migration === 'done') return 'done'
  if (after.migration === 'begun') return 'begun'
  if (after.migration === 'undoing') return 'being rolled back'
  return direction === 'forward' ? 'not begun' : 'rolled back'
}

function nextOf({after, direction, release}: ResolveResult): string {
  if (after.release === 'absent') return `${release} is rolled back`
  if (after.release === 'applied') return `${release} is applied`
  const command = direction === 'forward' ? 'apply' : 'rollback'
  return `${release} is not finished: run \`squizzle ${command}\`, which goes on from here`
}
