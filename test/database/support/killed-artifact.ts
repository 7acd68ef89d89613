import {artifact} from './artifact.ts'

const table = (name: string, columns = '') => ({
  sql: `create table ${name} (${columns})`,
  rollback: `drop table ${name}`,
})

/** Two releases with what a run can be killed in: scripts that share a transaction, one outside of them, one after it. */
export const killedArtifact = artifact([
  {version: '1.0.0', files: {'0001_a': table('a', 'i int'), '0002_b': table('b')}},
  {
    version: '1.1.0',
    files: {
      '0003_c': table('c'),
      '0004_a_i': {
        sql: 'create index concurrently a_i on a (i)',
        transaction: false,
        rollback: {sql: 'drop index concurrently a_i', transaction: false},
      },
      '0005_d': table('d'),
    },
  },
])

/** What each of its migrations leaves in the catalogue. */
export const traces: Readonly<Record<string, string>> = {
  '0001_a': 'a',
  '0002_b': 'b',
  '0003_c': 'c',
  '0004_a_i': 'a_i',
  '0005_d': 'd',
}
