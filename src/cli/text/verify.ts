import type {VerifyResult} from '../../operations/verify.ts'
import type {VerifiedFile} from '../../operations/verified.ts'
import {count, formatBytes} from '../display/format.ts'
import {table} from '../display/table.ts'

/** What `verify` prints. */
export function verifyText(result: VerifyResult): string {
  const {reference, why, digest, layers, database, at, scripts} = result
  const bytes = layers.reduce((sum, {size}) => sum + size, 0)
  const lines = [
    `Artifact: ${why === undefined ? reference : `${reference} (${why})`}`,
    `Digest: ${digest}`,
    `Intact: manifest, config and ${count(layers.length, 'layer')}, ${formatBytes(bytes)}`,
  ]
  if (database === undefined) return [...lines, 'Database: none is configured'].join('\n')
  lines.push(`Database: ${database}`)
  lines.push(at === undefined ? 'At: no release yet' : `At: ${at}, as in the artifact`)
  if (scripts.length > 0) lines.push('', verifiedTable(scripts))
  else if (at !== undefined) lines.push('The applied releases have no verify scripts')
  return lines.join('\n')
}

/** Verify scripts and what became of each. */
export function verifiedTable(scripts: readonly VerifiedFile[]): string {
  return table(scripts, [
    {heading: 'release', value: ({release}) => release},
    {heading: 'migration', value: ({migration}) => migration},
    {heading: 'verify script', value: ({passed}) => (passed ? 'passed' : 'failed')},
  ])
}
