import type {ListedVersion, ListResult} from '../../operations/list.ts'
import {formatBytes, formatDate} from '../display/format.ts'
import {table, type Column} from '../display/table.ts'

/** What `list` prints: a table, and the tags below where nobody asked what they name. */
export function listText({storage, versions, tags, damaged}: ListResult): string {
  if (versions.length === 0) return `${storage} has no versions yet`
  const named = versions.some((version) => version.tags !== undefined)
  const lines = [table(versions, named ? [...columns, tagColumn, notes] : [...columns, notes])]
  if (!named && tags.length > 0) lines.push('', `Tags: ${tags.join(', ')}`)
  for (const {version, reason} of damaged) lines.push('', `Damaged: ${version}: ${reason}`)
  return lines.join('\n')
}

const columns: readonly Column<ListedVersion>[] = [
  {heading: 'version', value: ({version}) => version},
  {heading: 'created', value: ({created}) => (created === undefined ? '' : formatDate(created))},
  {
    heading: 'migrations',
    align: 'right',
    value: ({migrations}) => (migrations === undefined ? '' : String(migrations)),
  },
  {
    heading: 'size',
    align: 'right',
    value: ({size}) => (size === undefined ? '' : formatBytes(size)),
  },
  {heading: 'here', value: placeOf},
]

const tagColumn: Column<ListedVersion> = {
  heading: 'tags',
  value: ({tags = []}) => tags.join(', '),
}

const notes: Column<ListedVersion> = {heading: 'notes', value: (version) => version.notes ?? ''}

function placeOf({unpushed, tagged, cached}: ListedVersion): string {
  if (unpushed) return 'not pushed'
  const inside = tagged ? [] : ['inside a newer one']
  return [...(cached ? ['cached'] : []), ...inside].join(', ')
}
