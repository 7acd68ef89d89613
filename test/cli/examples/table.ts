import type {DatabaseState, FolderState} from './scene.ts'

/** In what an example is run, and what it shows when it does what its help says. */
export interface Example {
  readonly folder: FolderState
  /** Absent: the embedded database. */
  readonly database?: DatabaseState
  readonly shows: RegExp
}

/** Every example of every command's help. One that is missing here fails the test. */
export const examples: Readonly<Record<string, Example>> = {
  'squizzle apply 1.0.0': {folder: 'released', database: 'empty', shows: /is at 1\.0\.0$/m},
  'squizzle apply --env production --dry-run': {
    folder: 'released',
    database: 'empty',
    shows: /to 1\.0\.0:$/m,
  },
  'squizzle apply staging': {folder: 'released', database: 'at 1.0.0', shows: /is at 1\.1\.0$/m},
  'squizzle apply 1.2.0 --verify': {
    folder: 'released',
    database: 'at 1.0.0',
    shows: /^Applied 1\.1\.0, 1\.0\.1, 1\.2\.0$/m,
  },

  'squizzle baseline 1.0.0 --dry-run': {
    folder: 'released',
    database: 'adopted',
    shows: /would .*1\.0\.0/,
  },
  'squizzle baseline 1.0.0 --env production': {
    folder: 'released',
    database: 'adopted',
    shows: /is at 1\.0\.0/,
  },

  'squizzle build 1.0.0': {folder: 'written', shows: /^Next: squizzle push 1\.0\.0$/m},
  'squizzle build 1.1.0 --dry-run': {folder: 'begun', shows: /0004_backfill/},
  'squizzle build 1.2.0 --merge 1.0.1 --notes "Takes in the hotfix"': {
    folder: 'two lines',
    shows: /^Next: squizzle push 1\.2\.0$/m,
  },

  'squizzle cache clear': {folder: 'released', shows: /^Removed \d+ blobs/m},
  'squizzle cache prune --keep 3': {folder: 'released', shows: /^Removed 1\.0\.0$/m},
  'squizzle cache prune --older-than 30d': {folder: 'released', shows: /^No version to remove$/m},
  'squizzle cache size': {folder: 'released', shows: /kB/},

  'squizzle completion bash > ~/.local/share/bash-completion/completions/squizzle': {
    folder: 'new',
    shows: /^$/,
  },
  'squizzle completion fish': {folder: 'new', shows: /complete .*squizzle/},

  'squizzle config show': {folder: 'released', shows: /storage\.type +local/},
  'squizzle config show --env production --json': {
    folder: 'released',
    shows: /"production"/,
  },
  'squizzle config validate': {folder: 'released', database: 'at 1.0.0', shows: /^database +ok/m},
  'squizzle config validate --env production': {
    folder: 'released',
    database: 'at 1.0.0',
    shows: /^database +ok/m,
  },

  'squizzle diff 1.0.0 1.1.0': {folder: 'released', shows: /^\+ {3}0004_backfill$/m},
  'squizzle diff production staging': {folder: 'released', shows: /^\+ {3}0004_backfill$/m},

  'squizzle export 1.0.0 --output backups/': {
    folder: 'released',
    shows: /backups\/squizzle-v1\.0\.0\.tar\.gz/,
  },
  'squizzle export --all --output backups/': {
    folder: 'released',
    shows: /backups\/squizzle-v1\.2\.0\.tar\.gz/,
  },
  'squizzle export production': {folder: 'released', shows: /squizzle-v1\.0\.0\.tar\.gz/},

  'squizzle import backups/squizzle-v1.0.0.tar.gz': {folder: 'restored', shows: /1\.0\.0/},
  'squizzle import backups/*.tar.gz --push --registry backup.registry.io': {
    folder: 'restored',
    shows: /Pushed .*myorg\/migrations.*1\.2\.0/,
  },
  "squizzle import backups/*.tar.gz --push --storage 's3://bucket/prefix?region=eu-central-1'": {
    folder: 'restored',
    shows: /Pushed s3:.*1\.2\.0/,
  },

  'squizzle init': {folder: 'new', shows: /^Wrote squizzle\.config\.js/m},

  'squizzle list': {folder: 'released', shows: /^1\.2\.0 .*\n1\.1\.0 .*\n1\.0\.1 .*\n1\.0\.0 /m},
  'squizzle list --tags --json': {folder: 'released', shows: /"production"/},

  'squizzle new add_orders': {folder: 'written', shows: /0003_add_orders\.sql$/m},

  'squizzle prune --keep 10 --blobs': {folder: 'released', shows: /^Nothing to remove$/m},
  'squizzle prune --keep 10 --dry-run': {folder: 'released', shows: /^Nothing to remove$/m},
  'squizzle prune --keep 10': {folder: 'released', shows: /^Nothing to remove$/m},

  'squizzle pull 1.0.0': {folder: 'released', shows: /1\.0\.0/},
  'squizzle pull production --timeout 300': {folder: 'released', shows: /1\.0\.0/},
  'squizzle pull 1.0.0 --output sql/': {folder: 'released', shows: /^SQL files are in .*\/sql$/m},

  'squizzle push 1.0.0': {folder: 'built', shows: /^Tags: 1\.0\.0, latest$/m},
  'squizzle push 1.0.0 --tag staging': {
    folder: 'built',
    shows: /^Tags: 1\.0\.0, latest, staging$/m,
  },
  'squizzle push 1.0.0 --registry backup.registry.io': {
    folder: 'built',
    shows: /Pushed .*myorg\/migrations.*:1\.0\.0/,
  },

  'squizzle resolve 1.1.0/0004_backfill --applied --reason "all rows have the new column, checked by hand"':
    {folder: 'released', database: 'interrupted', shows: /0004_backfill/},
  'squizzle resolve 1.1.0/0004_backfill --pending --reason "the procedure had not begun" --env production':
    {folder: 'released', database: 'interrupted', shows: /0004_backfill/},

  'squizzle rollback --dry-run': {
    folder: 'released',
    database: 'at 1.2.0',
    shows: /from 1\.2\.0 to 1\.0\.1:$/m,
  },
  'squizzle rollback': {
    folder: 'released',
    database: 'at 1.2.0',
    shows: /^Rolled back 1\.2\.0$/m,
  },
  'squizzle rollback --to 1.0.0 --env production': {
    folder: 'released',
    database: 'at 1.2.0',
    shows: /is at 1\.0\.0$/m,
  },

  'squizzle show 1.0.0': {folder: 'released', shows: /0001_create_users/},
  'squizzle show production --json': {folder: 'released', shows: /"0001_create_users"/},

  'squizzle status': {folder: 'released', database: 'at 1.0.0', shows: /^At: 1\.0\.0$/m},
  'squizzle status --env production --exit-code': {
    folder: 'released',
    database: 'at 1.0.0',
    shows: /Up to date with 1\.0\.0/,
  },
  'squizzle status --require 1.2.0 --wait 300': {
    folder: 'released',
    database: 'at 1.2.0',
    shows: /1\.2\.0/,
  },
  'squizzle status --ledger-ddl | psql --single-transaction': {
    folder: 'released',
    database: 'empty',
    shows: /^CREATE TABLE$/m,
  },

  'squizzle tag 1.0.0 staging': {folder: 'released', shows: /:staging names 1\.0\.0 now/},
  'squizzle tag staging production': {folder: 'released', shows: /:production names 1\.1\.0 now/},

  'squizzle verify': {folder: 'released', database: 'at 1.2.0', shows: /^1\.0\.0 .* passed$/m},
  'squizzle verify 1.0.0 --json': {folder: 'released', database: 'at 1.0.0', shows: /passed/},
  'squizzle verify --env production': {
    folder: 'released',
    database: 'at 1.0.0',
    shows: /^1\.0\.0 .* passed$/m,
  },
}
