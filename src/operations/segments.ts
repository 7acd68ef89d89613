import type {Migration} from '../artifact/release.ts'
import {segmentsOf} from '../database/plan/segments.ts'

/** How a release will run: whole or not at all, or in several segments that are gone on with. */
export interface ReleaseShape {
  readonly kind: 'atomic' | 'resumable'
  readonly segments: number
}

/** The shape that a release has with one transaction for all that can share one. */
export function shapeOf(migrations: readonly Migration[]): ReleaseShape {
  const segments = segmentsOf(migrations, 'release', ({forward}) => forward.transaction).length
  return {kind: segments > 1 ? 'resumable' : 'atomic', segments}
}
