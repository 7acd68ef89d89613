import type {Cleared} from '../../storage/workspace/clear.ts'
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

/** What `cache size` prints. */
export function sizeText({folder, blobs, bytes}: CacheSize & {readonly folder: string}): string {
  return `${formatBytes(bytes)} in ${count(blobs, 'blob')} (${folder})`
}
