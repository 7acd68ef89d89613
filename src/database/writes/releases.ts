import type {ReleaseEntry} from '../../artifact/release.ts'
import {provenance} from './writer.ts'
import type {Writer} from './writer.ts'
import {now, insert, update} from './sql.ts'

export function insertMeta(
  {schema}: Writer,
  meta: {format: number; project: string; systemIdentifier: string | undefined},
): string {
  return insert(`${schema}.meta`, {
    format: meta.format,
    project: meta.project,
    database_name: {sql: 'pg_catalog.current_database()'},
    system_identifier: meta.systemIdentifier,
  })
}

export function insertRelease(writer: Writer, release: ReleaseEntry, position: number): string {
  return insert(`${writer.schema}.releases`, {
    position,
    version: release.version,
    diff_id: release.diffId,
    layer: release.layer,
    state: 'applying',
    origin: 'run',
    ...provenance(writer),
  })
}

/** A later run goes on with a release. */
export function takeOverRelease(writer: Writer, position: number): string {
  return update(`${writer.schema}.releases`, provenance(writer), `position = ${position}`)
}

export function finishRelease({schema}: Writer, position: number): string {
  const total = `(SELECT coalesce(pg_catalog.sum(duration_ms), 0) FROM ${schema}.migrations WHERE release = ${position})`
  return update(
    `${schema}.releases`,
    {state: 'applied', finished_at: {sql: now}, duration_ms: {sql: total}},
    `position = ${position}`,
  )
}
