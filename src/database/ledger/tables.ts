/**
 * The ledger's four tables: their columns, constraints and comments, for good. The DDL, the check of what a
 * database really has, and the manual are all made from this.
 */

export interface Column {
  readonly name: string
  /** As `format_type` writes it. */
  readonly type: string
  readonly nullable?: true
  readonly default?: string
  readonly comment: string
}

export interface Table {
  readonly name: TableName
  readonly comment: string
  readonly columns: readonly Column[]
  /** `{schema}` stands for the quoted schema. */
  readonly constraints: readonly string[]
}

export type TableName = 'meta' | 'releases' | 'migrations' | 'events'

/** The format that this program writes; a higher one in `meta` is refused. */
export const ledgerFormat = 1

/** What `meta.features` may name; anything else is refused. */
export const knownFeatures: readonly string[] = []

const digest = (column: string) => `CHECK (${column} ~ '^sha256:[0-9a-f]{64}$')`
const now = 'pg_catalog.clock_timestamp()'
const timestamp = 'timestamp with time zone'

/** Who did it and with what: the same columns in `releases` and `events`. */
const author: readonly Column[] = [
  {name: 'role', type: 'text', comment: 'Database role of the run (session_user)'},
  {name: 'run_by', type: 'text', comment: 'Operating system user, or URL of the CI run'},
  {name: 'host', type: 'text', comment: 'Host name of the machine that squizzle ran on'},
  {name: 'tool_version', type: 'text', comment: 'Version of squizzle'},
]

const artifact: readonly Column[] = [
  {
    name: 'artifact',
    type: 'text',
    nullable: true,
    comment: 'Reference of the artifact, as people name it; null where it came from no storage',
  },
  {
    name: 'manifest',
    type: 'text',
    nullable: true,
    comment: "Digest of the artifact's manifest",
  },
]

const meta: Table = {
  name: 'meta',
  comment: 'One row: what this ledger is, and whose',
  columns: [
    {
      name: 'only_row',
      type: 'boolean',
      default: 'true',
      comment: 'Always true: keeps the table at one row',
    },
    {
      name: 'format',
      type: 'integer',
      comment: 'Version of the layout of these tables; squizzle refuses one that it does not know',
    },
    {
      name: 'features',
      type: 'text[]',
      default: "'{}'",
      comment: 'Additions to the format in use; squizzle refuses a name that it does not know',
    },
    {
      name: 'project',
      type: 'text',
      comment: "The artifacts' project; those of another one are refused",
    },
    {
      name: 'database_name',
      type: 'text',
      comment: 'Name of the database when the ledger was made: a copy shows by another one',
    },
    {
      name: 'system_identifier',
      type: 'text',
      nullable: true,
      comment: 'Identifier of the cluster when the ledger was made; null where it may not be read',
    },
    {name: 'created_at', type: timestamp, default: now, comment: 'When the ledger was made'},
  ],
  constraints: [
    'PRIMARY KEY (only_row)',
    'CHECK (only_row)',
    'CHECK (format >= 1)',
    "CHECK (project <> '')",
  ],
}

const releases: Table = {
  name: 'releases',
  comment: 'The releases in this database, in the order in which they came',
  columns: [
    {
      name: 'position',
      type: 'integer',
      comment: 'Order in this database: 1, 2, 3, ... without a gap',
    },
    {name: 'version', type: 'text', comment: 'Version of the release'},
    {
      name: 'diff_id',
      type: 'text',
      comment: "Digest of the release's uncompressed layer: with the version, its identity",
    },
    {
      name: 'layer',
      type: 'text',
      comment: 'Digest of the gzipped layer: where its bytes are in a registry',
    },
    ...artifact,
    {
      name: 'state',
      type: 'text',
      comment: 'applied: all of its migrations are done; applying: begun, or partly rolled back',
    },
    {
      name: 'origin',
      type: 'text',
      comment:
        "run: squizzle ran it; baseline: recorded without running; import: by another tool's record",
    },
    {name: 'run_id', type: 'uuid', comment: 'The run that recorded the state'},
    ...author,
    {
      name: 'started_at',
      type: timestamp,
      default: now,
      comment: 'Begun, by the clock of the server',
    },
    {
      name: 'finished_at',
      type: timestamp,
      nullable: true,
      comment: 'Applied, by the clock of the server; null while applying',
    },
    {
      name: 'duration_ms',
      type: 'bigint',
      nullable: true,
      comment: 'Milliseconds that its migrations took; null while applying',
    },
  ],
  constraints: [
    'PRIMARY KEY (position)',
    'UNIQUE (version, diff_id)',
    'CHECK (position >= 1)',
    "CHECK (version <> '')",
    digest('diff_id'),
    digest('layer'),
    digest('manifest'),
    "CHECK (state IN ('applying', 'applied'))",
    "CHECK (origin IN ('run', 'baseline', 'import'))",
    "CHECK ((state = 'applied') = (finished_at IS NOT NULL))",
    'CHECK ((finished_at IS NULL) = (duration_ms IS NULL))',
    'CHECK (duration_ms >= 0)',
  ],
}

const migrations: Table = {
  name: 'migrations',
  comment: 'The migrations done; of those that run outside transactions also the one begun',
  columns: [
    {name: 'release', type: 'integer', comment: 'Position of its release'},
    {name: 'position', type: 'integer', comment: 'Order in the release: 1, 2, 3, ...'},
    {name: 'name', type: 'text', comment: 'Name of the migration; a repeatable one comes again'},
    {name: 'kind', type: 'text', comment: 'versioned: runs once; repeatable: again with new bytes'},
    {name: 'forward', type: 'text', comment: 'Digest of the forward script'},
    {
      name: 'state',
      type: 'text',
      comment:
        'done; begun or undoing: its forward or rollback script, run outside transactions, is under way',
    },
    {name: 'run_id', type: 'uuid', comment: 'The run that recorded the state'},
    {
      name: 'statement_started',
      type: 'integer',
      nullable: true,
      comment:
        'Outside transactions: number of the last statement begun, from 1; above statement_done its outcome is open',
    },
    {
      name: 'statement_done',
      type: 'integer',
      nullable: true,
      comment: 'Outside transactions: number of the last statement known to be done, 0 for none',
    },
    {
      name: 'finished_at',
      type: timestamp,
      nullable: true,
      comment: 'Done, by the clock of the server; null while begun',
    },
    {
      name: 'duration_ms',
      type: 'bigint',
      nullable: true,
      comment: 'Milliseconds that the forward script took; null while begun',
    },
  ],
  constraints: [
    'PRIMARY KEY (release, position)',
    'FOREIGN KEY (release) REFERENCES {schema}.releases (position)',
    'CHECK (position >= 1)',
    "CHECK (name <> '')",
    "CHECK (kind IN ('versioned', 'repeatable'))",
    digest('forward'),
    "CHECK (state IN ('begun', 'done', 'undoing'))",
    "CHECK ((state = 'begun') = (finished_at IS NULL))",
    'CHECK ((finished_at IS NULL) = (duration_ms IS NULL))',
    'CHECK (duration_ms >= 0)',
    'CHECK ((statement_started IS NULL) = (statement_done IS NULL))',
    'CHECK (statement_done >= 0 AND statement_started BETWEEN greatest(statement_done, 1) AND statement_done + 1)',
    "CHECK (state = 'done' OR statement_started IS NOT NULL)",
    "CHECK (state <> 'done' OR statement_started = statement_done)",
  ],
}

const events: Table = {
  name: 'events',
  comment: 'Everything that was tried, done or decided here; rows are only ever added',
  columns: [
    {
      name: 'id',
      type: 'bigint',
      default: 'GENERATED ALWAYS AS IDENTITY',
      comment: 'Order of the events, with gaps',
    },
    {name: 'at', type: timestamp, default: now, comment: 'When, by the clock of the server'},
    {
      name: 'kind',
      type: 'text',
      comment:
        'apply, rollback: a run began; applied, rolled-back: a release is done or undone; failed; interrupted; baseline; import; resolve',
    },
    {name: 'run_id', type: 'uuid', comment: 'The run, which may have several events'},
    {name: 'version', type: 'text', nullable: true, comment: 'Version of the release concerned'},
    {name: 'diff_id', type: 'text', nullable: true, comment: "That release's diff_id"},
    {name: 'migration', type: 'text', nullable: true, comment: 'Name of the migration concerned'},
    {name: 'script', type: 'text', nullable: true, comment: 'forward, rollback or verify'},
    {
      name: 'statement',
      type: 'integer',
      nullable: true,
      comment: 'Number of the statement in the script, from 1',
    },
    {name: 'file', type: 'text', nullable: true, comment: 'File of the script'},
    {name: 'line', type: 'integer', nullable: true, comment: 'Line in the file, from 1'},
    {
      name: 'line_column',
      type: 'integer',
      nullable: true,
      comment: 'Character in the line, from 1',
    },
    {name: 'sqlstate', type: 'text', nullable: true, comment: 'SQLSTATE of a failure'},
    {name: 'message', type: 'text', nullable: true, comment: "PostgreSQL's message, or squizzle's"},
    {name: 'reason', type: 'text', nullable: true, comment: 'What a person gave as the reason'},
    ...artifact,
    ...author,
    {
      name: 'details',
      type: 'jsonb',
      default: "'{}'",
      comment: 'More facts, by kind; for a run: {"pooled": true} behind a transaction pooler',
    },
  ],
  constraints: ['PRIMARY KEY (id)', "CHECK (kind <> '')", digest('diff_id'), digest('manifest')],
}

/** In the order in which they must be created. */
export const ledgerTables: readonly Table[] = [meta, releases, migrations, events]
