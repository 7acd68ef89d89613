import {artifact} from '../../../test/database/support/artifact.ts'
import type {FileSource, ReleaseSource} from '../../../test/database/support/artifact.ts'
import type {TestArtifact} from '../../../test/database/support/artifact.ts'

/** In every statement of these releases, and in none of squizzle's own. */
export const mark = 'torture-migration'

const table = (name: string): string => `create table ${name} (i int) /* ${mark} */`
const index: FileSource = {
  sql: `create index concurrently c_i on c (i) /* ${mark} */`,
  transaction: false,
}

/** Two lines that were merged, and one release more. */
const sources: readonly ReleaseSource[] = [
  {version: '1.0.0', after: [], files: {a: table('a'), b: table('b')}},
  {version: '1.1.0', after: ['1.0.0'], files: {c: table('c'), c_index: index}},
  {version: '1.1.1', after: ['1.0.0'], files: {d: table('d')}},
  {
    version: '1.2.0',
    after: ['1.1.0', '1.1.1'],
    files: {e: table('e'), f: table('f'), g: table('g')},
  },
  {version: '1.3.0', after: ['1.2.0'], files: {h: table('h')}},
]

export const merged = artifact(sources)

/** Without the last release, which is then what an apply has to do. */
export const beforeLast = upTo(4)

/** What each release is built on. */
export const after: ReadonlyMap<string, readonly string[]> = new Map(
  sources.map((source) => [source.version, source.after ?? []]),
)

function upTo(count: number): TestArtifact {
  return artifact(sources.slice(0, count))
}
