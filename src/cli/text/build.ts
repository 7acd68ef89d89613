import type {Migration} from '../../artifact/release.ts'
import type {BuildResult} from '../../operations/build.ts'
import {shapeOf} from '../../operations/segments.ts'
import {count, formatBytes} from '../display/format.ts'

/** What `build` prints. */
export function buildText(result: BuildResult): string {
  const {version, project, notes, outcome, dryRun, migrations, size, files, digest} = result
  const lines = [...notes]
  if (outcome === 'nothing') return lines.join('\n')
  lines.push(`${project} ${version}: ${count(migrations.length, 'new migration')}`)
  lines.push(...migrations.map(({name}) => `  ${name}`))
  lines.push(shapeText(migrations))
  lines.push(`Size: ${formatBytes(size)} (${count(files, 'file')})`)
  if (digest !== undefined) lines.push(`Digest: ${digest}`)
  if (outcome === 'built' && !dryRun) lines.push(`Next: squizzle push ${version}`)
  return lines.join('\n')
}

/** `Runs whole or not at all`, or in how many segments. */
export function shapeText(migrations: readonly Migration[]): string {
  const {kind, segments} = shapeOf(migrations)
  return kind === 'atomic'
    ? 'Runs as one segment, atomic'
    : `Runs in ${segments} segments, resumable`
}
