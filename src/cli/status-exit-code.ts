import {errorCodes} from '../errors.ts'
import type {StatusResult} from '../operations/status.ts'

/** What `status --exit-code` ends with: 0 where the database has exactly the artifact. */
export function statusExitCode({artifact}: StatusResult): number {
  if (!artifact) return 0
  if (artifact.standing !== 'behind') return errorCodes.DIVERGED.exit
  return artifact.pending.length > 0 ? errorCodes.PENDING.exit : 0
}
