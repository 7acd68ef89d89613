import type {DiffedRelease, DiffResult} from '../../operations/diff.ts'

/** What `diff` prints: releases with their migrations, `+` for those only in `to`, `-` for those only in `from`. */
export function diffText({from, to, added, removed, changed, same}: DiffResult): string {
  if (same) return `${from} and ${to} have the same content`
  return [
    `${from}..${to}`,
    ...added.flatMap((release) => linesOf(release, '+')),
    ...removed.flatMap((release) => linesOf(release, '-')),
    ...changed.map((version) => `! ${version} has other content in ${to} than in ${from}`),
  ].join('\n')
}

function linesOf({version, migrations}: DiffedRelease, sign: string): string[] {
  return [`${sign} ${version}`, ...migrations.map(({name}) => `${sign}   ${name}`)]
}
