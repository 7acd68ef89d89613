import {count, formatBytes} from '../display/format.ts'
import type {PruneResult} from '../../operations/prune.ts'

/** What `prune` prints. */
export function pruneText({removed, spared, kept, unused, dryRun}: PruneResult): string {
  const verb = dryRun ? 'Would remove' : 'Removed'
  return [
    removed.length === 0 ? 'Nothing to remove' : `${verb} ${removed.join(', ')}`,
    ...spared.map(({version, reason}) => `Kept ${version}: ${reason}`),
    ...(unused === undefined
      ? []
      : [`${verb} ${count(unused.blobs.length, 'unused blob')}, ${formatBytes(unused.bytes)}`]),
    `Kept the newest: ${kept.join(', ')}`,
  ].join('\n')
}
