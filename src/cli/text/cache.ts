import type {Cleared} from '../../storage/workspace/clear.ts'
import type {CachePruned} from '../../storage/workspace/prune.ts'
import type {CacheSize} from '../../storage/workspace/size.ts'
import {count, formatBytes} from '../display/format.ts'

/** What `cache clear` prints. */
export function clearText({blobs, bytes, kept}: Cleared): string {
  const lines = [`Removed ${count(blobs, 'blob')}, ${formatBytes(bytes)}`]
  if (kept.length > 0) {
    const versions = kept.map(({version}) => version).join(', ')
    lines.push(`Kept ${versions}: not pushed yet (--force drops what was pushed nowhere)`)
  }
  return lines.join('\n')
}

/** What `cache prune` prints. */
export function prunedText({removed, kept, blobs, bytes}: CachePruned): string {
  return [
    removed.length === 0 ? 'No version to remove' : `Removed ${removed.join(', ')}`,
    `Freed ${formatBytes(bytes)} in ${count(blobs, 'blob')}`,
    ...(kept.length === 0 ? [] : [`Kept ${kept.join(', ')}`]),
  ].join('\n')
}

/** What `cache size` prints. */
export function sizeText({folder, blobs, bytes}: CacheSize & {readonly folder: string}): string {
  return `${formatBytes(bytes)} in ${count(blobs, 'blob')} (${folder})`
}
