import type {BaselineResult} from '../../operations/baseline.ts'

/** What `baseline` prints below the verify scripts. */
export function baselineText(result: BaselineResult): string {
  const {digest, version, database, dryRun, plan, scripts, recorded} = result
  const lines = [`Digest: ${digest}`]
  if (plan.length === 0) {
    lines.push(`${database} has all of ${version} in its ledger already`)
    return lines.join('\n')
  }
  if (scripts.length === 0) lines.push('No release of it has a verify script: nothing was checked')
  if (dryRun) lines.push(`${database} would have in its ledger, not run: ${plan.join(', ')}`)
  else if (recorded.length > 0) lines.push(`Recorded without running: ${recorded.join(', ')}`)
  if (!dryRun) lines.push(`${database} is at ${version}`)
  return lines.join('\n')
}
