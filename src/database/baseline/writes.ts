import type {ReleaseEntry} from '../../artifact/release.ts'
import {insert, now} from '../writes/sql.ts'
import {provenance} from '../writes/writer.ts'
import type {Writer} from '../writes/writer.ts'

/** The rows of a release that this database has without a run of squizzle, and of its migrations. */
export function insertAdopted(
  writer: Writer,
  {version, diffId, layer, migrations}: ReleaseEntry,
  position: number,
): readonly string[] {
  const finished = {finished_at: {sql: now}, duration_ms: 0}
  return [
    insert(`${writer.schema}.releases`, {
      position,
      version,
      diff_id: diffId,
      layer,
      state: 'applied',
      origin: 'baseline',
      ...finished,
      ...provenance(writer),
    }),
    ...migrations.map(({name, kind, forward}, index) =>
      insert(`${writer.schema}.migrations`, {
        release: position,
        position: index + 1,
        name,
        kind,
        forward: forward.digest,
        state: 'done',
        run_id: writer.runId,
        ...finished,
      }),
    ),
  ]
}
