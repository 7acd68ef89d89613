import type {ExportResult} from '../../operations/export.ts'
import type {ImportResult} from '../../operations/import.ts'
import {formatBytes} from '../display/format.ts'
import {pushText} from './push.ts'

/** What `export` prints: a line for each file. */
export function exportText({files}: ExportResult): string {
  return files
    .map(({reference, why, path, state, size}) => {
      const what = why === undefined ? reference : `${reference} (${why})`
      return state === 'present'
        ? `${what} is in ${path} already, intact`
        : `Exported ${what} to ${path} (${formatBytes(size)})`
    })
    .join('\n')
}

/** What `import` prints: a line for each file, and what was pushed, or what to do next. */
export function importText({imported, pushed}: ImportResult): string {
  const lines = imported.map(
    ({project, version, path}) => `Imported ${project} ${version} from ${path}`,
  )
  const next = imported.map(({version}) => `Next: squizzle push ${version}`)
  return [...lines, ...(pushed.length > 0 ? pushed.map(pushText) : next)].join('\n')
}
