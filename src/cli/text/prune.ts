import type {PruneResult} from '../../operations/prune.ts'

/** What `prune` prints. */
export function pruneText({removed, spared, kept, dryRun}: PruneResult): string {
  const verb = dryRun ? 'Would remove' : 'Removed'
  return [
    removed.length === 0 ? 'Nothing to remove' : `${verb} ${removed.join(', ')}`,
    ...spared.map(({version, reason}) => `Kept ${version}: ${reason}`),
    `Kept the newest: ${kept.join(', ')}`,
  ].join('\n')
}
