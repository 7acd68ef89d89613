import {artifact} from '../../../test/database/support/artifact.ts'
import type {
  FileSource,
  ScriptSource,
  TestArtifact,
} from '../../../test/database/support/artifact.ts'

/** A statement, or a whole script in a transaction, and how the catalogue or its rows show that it ran. */
export interface Effect {
  readonly sql: string
  /** An SQL condition; absent where nothing shows it. */
  readonly shown?: string
}

export interface Migration {
  readonly name: string
  readonly transaction: boolean
  /** One for a script in a transaction, else one a statement. */
  readonly effects: readonly Effect[]
  readonly rollback: {readonly transaction: boolean; readonly statements: readonly string[]}
}

const index = (name: string) =>
  `exists (select from pg_index where indexrelid = to_regclass('${name}') and indisvalid)`
const row = (name: string) =>
  `to_regclass('witness') is not null and (xpath('/row/n/text()', query_to_xml('select count(*) as n from witness where migration = ''${name}''', false, true, '')))[1]::text = '1'`

/** A table, and a row that says how often the script ran: nothing in the script itself stops a second time. */
const table = (name: string, more = '', less = ''): Migration => ({
  name,
  transaction: true,
  effects: [
    {
      sql: `create table if not exists ${name} (i int); ${more}; insert into witness values ('${name}')`,
      shown: `to_regclass('${name}') is not null and ${row(name)}`,
    },
  ],
  rollback: {
    transaction: true,
    statements: [`delete from witness where migration = '${name}'; drop table ${name}; ${less}`],
  },
})

/** The migration whose statements no catalogue tells anything of: a person must look. */
export const undecidable = {name: 'batches', shown: row('batches')}

const releases: Readonly<Record<string, readonly Migration[]>> = {
  // outside transactions: the last one
  '1.0.0': [
    table('a', 'create table if not exists witness (migration text)', 'drop table witness'),
    table('b', 'create index if not exists old_b on b (i)'),
    {
      name: 'a_index',
      transaction: false,
      effects: [{sql: 'create index concurrently a_i on a (i)', shown: index('a_i')}],
      rollback: {transaction: false, statements: ['drop index concurrently a_i']},
    },
  ],
  // the first one, of several statements
  '1.1.0': [
    {
      name: 'b_indexes',
      transaction: false,
      effects: [
        {
          sql: 'drop index concurrently old_b;',
          shown: `to_regclass('b') is not null and to_regclass('old_b') is null`,
        },
        {sql: 'vacuum b;'},
        {sql: 'create unique index concurrently b_i on b (i);', shown: index('b_i')},
      ],
      rollback: {
        transaction: false,
        statements: [
          'drop index concurrently b_i;',
          'vacuum b;',
          'create index concurrently old_b on b (i);',
        ],
      },
    },
    table(
      'c',
      `create or replace procedure batches() language plpgsql as
        $$ begin insert into witness values ('batches'); commit; end $$;
        create or replace procedure undo_batches() language plpgsql as
        $$ begin delete from witness where migration = 'batches'; commit; end $$`,
      'drop procedure batches(), undo_batches()',
    ),
    table('d'),
  ],
  // the middle one, of which no catalogue can tell whether it ran
  '1.2.0': [
    table('e'),
    {
      name: undecidable.name,
      transaction: false,
      effects: [{sql: 'call batches()', shown: undecidable.shown}],
      rollback: {transaction: false, statements: ['call undo_batches()']},
    },
    table('f'),
  ],
}

/** Releases with a script outside transactions as the first, a middle and the last one. */
export const reference = artifact(
  Object.entries(releases).map(([version, list]) => ({
    version,
    files: Object.fromEntries(list.map((one) => [one.name, fileOf(one)])),
  })),
)

const insert = (name: string) => `insert into witness values ('${name}')`

/** What a transaction pooler takes, and what nothing but squizzle keeps from running twice: rows that only add up. */
export const rowsReference = artifact([
  {version: '1.0.0', files: {witness: 'create table if not exists witness (migration text)'}},
  {version: '1.1.0', files: {a: insert('a'), b: insert('b')}},
  {version: '1.2.0', files: {c: insert('c'), d: insert('d')}},
  {version: '1.3.0', files: {e: insert('e')}},
])

function fileOf({transaction, effects, rollback}: Migration): FileSource {
  return {
    ...script(
      transaction,
      effects.map(({sql}) => sql),
    ),
    rollback: script(rollback.transaction, rollback.statements),
  }
}

function script(transaction: boolean, statements: readonly string[]): ScriptSource {
  const cuts = statements.slice(1)
  return {sql: statements.join('\n'), transaction, ...(cuts.length > 0 ? {cuts} : {})}
}

/** The same artifact when it had only its first releases. */
export function referenceUpTo(version: string): TestArtifact {
  const {config, scriptBytes} = reference
  const last = config.releases.findIndex((release) => release.version === version)
  const newest = config.releases[last]
  if (newest === undefined) throw new Error(`there is no release ${version}`)
  const kept = config.releases.slice(0, last + 1)
  return {config: {...config, version: newest.version, releases: kept}, scriptBytes}
}

/** All migrations, each with its place in the ledger. */
export const migrations = Object.values(releases).flatMap((list, release) =>
  list.map((migration, at) => ({...migration, release: release + 1, position: at + 1})),
)
