import type {ArtifactOrigin, Author} from '../apply/options.ts'
import type {Columns} from './sql.ts'

/** Who writes, and where: what every row of a run has in common. */
export interface Writer {
  /** Quoted. */
  readonly schema: string
  readonly runId: string
  readonly author: Author
  readonly artifact: ArtifactOrigin
}

/** Who, where and from what: columns that releases and events share. */
export function provenance({runId, author, artifact}: Writer): Columns {
  return {
    run_id: runId,
    artifact: artifact.reference,
    manifest: artifact.manifest,
    role: {sql: 'session_user'},
    run_by: author.by,
    host: author.host,
    tool_version: author.toolVersion,
  }
}
