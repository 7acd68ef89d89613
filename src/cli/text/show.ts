import type {ReleaseEntry} from '../../artifact/release.ts'
import type {ShowResult} from '../../operations/show.ts'
import {formatBytes, formatDate} from '../display/format.ts'
import {shapeText} from './build.ts'

/** What `show` prints. */
export function showText(result: ShowResult): string {
  const {project, version, reference, why, digest, builder, annotations, releases} = result
  const lines = [
    `${project} ${version}`,
    `Reference: ${why === undefined ? reference : `${reference} (${why})`}`,
    `Digest: ${digest}`,
    `Built by: ${builder.name} ${builder.version}`,
  ]
  for (const [key, label] of shownAnnotations) {
    const value = annotations[key]
    if (value !== undefined) lines.push(`${label}: ${value}`)
  }
  return [...lines, '', ...releases.toReversed().flatMap(releaseLines)].join('\n')
}

const shownAnnotations = [
  ['org.opencontainers.image.source', 'Source'],
  ['org.opencontainers.image.revision', 'Revision'],
] as const

function releaseLines(release: ReleaseEntry): string[] {
  const {version, after, created, author, notes, size, diffId, migrations} = release
  const on = after.length > 0 ? `, after ${after.join(' and ')}` : ''
  const head = `${version}${on}, ${formatDate(created)}, ${formatBytes(size)}`
  return [
    author === undefined ? head : `${head}, ${author}`,
    ...(notes === undefined ? [] : [`  ${notes}`]),
    `  ${diffId}`,
    `  ${shapeText(migrations)}`,
    ...migrations.map(({name, kind, forward, rollback, verify}) => {
      const marks = [
        kind === 'repeatable' ? 'repeatable' : undefined,
        forward.transaction ? undefined : 'outside a transaction',
        rollback ? undefined : 'no rollback',
        verify ? 'verified' : undefined,
      ].filter((mark) => mark !== undefined)
      return `  ${name}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`
    }),
  ]
}
