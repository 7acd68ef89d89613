import {isDeepStrictEqual} from 'node:util'
import type {Refuse} from './bytes.ts'
import {parseDocument} from './json.ts'
import type {ReleaseEntry} from './release.ts'

/**
 * Whether a config's entry says what the layer's `release.json` says. Fields that this version doesn't know count
 * too; what only the config has (where the layer is, batches) does not.
 * @throws what `refuse` makes of bytes that are no JSON of squizzle's
 */
export function sameRelease(releaseJson: Buffer, entry: ReleaseEntry, refuse: Refuse): boolean {
  const layer = parseDocument(releaseJson, refuse)
  if (typeof layer !== 'object' || layer === null) return false
  const config: Record<string, unknown> = JSON.parse(JSON.stringify(entry, withoutBatches))
  return (
    ['version', 'after', 'migrations'].every((key) => key in layer) &&
    Object.entries(layer).every(([key, value]) => isDeepStrictEqual(value, config[key]))
  )
}

function withoutBatches(key: string, value: unknown): unknown {
  return key === 'batches' ? undefined : value
}
