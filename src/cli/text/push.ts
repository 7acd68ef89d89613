import type {PullResult} from '../../operations/pull.ts'
import type {PushResult} from '../../operations/push.ts'
import {count, formatBytes} from '../display/format.ts'

/** What `push` prints; the digest last, as docker does. */
export function pushText(result: PushResult): string {
  const {reference, tags, uploaded, alreadyThere, page, digest} = result
  const lines = [
    alreadyThere
      ? `${reference} is already there, with this content`
      : `Pushed ${reference}: ${count(uploaded.blobs, 'blob')}, ${formatBytes(uploaded.bytes)}`,
    `Tags: ${tags.join(', ')}`,
  ]
  if (page !== undefined) lines.push(page)
  return [...lines, `Digest: ${digest}`].join('\n')
}

/** What `pull` prints. */
export function pullText({reference, why, version, fetched, output, digest}: PullResult): string {
  const lines = [why === undefined ? reference : `${reference} (${why})`]
  lines.push(
    fetched.blobs === 0
      ? `${version} was in the cache already`
      : `Pulled ${version}: ${count(fetched.blobs, 'blob')}, ${formatBytes(fetched.bytes)}`,
  )
  if (output !== undefined) lines.push(`SQL files are in ${output}`)
  return [...lines, `Digest: ${digest}`].join('\n')
}
