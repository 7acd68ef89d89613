import type {Check} from '../../storage/storage.ts'

const marks = {ok: 'ok', failed: 'FAILED', skipped: 'skipped'} as const

/** What `config validate` prints: a line for each part, with what to do below those that failed. */
export function checksText(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({name}) => name.length))
  return checks
    .flatMap(({name, status, message, hint}) => [
      `${name.padEnd(width)}  ${marks[status].padEnd(7)}  ${message}`,
      ...(status === 'failed' && hint !== undefined ? [`${' '.repeat(width + 11)}${hint}`] : []),
    ])
    .join('\n')
}
