/** What the procedure of 1.1.0 waits for; free unless a test has it. */
export const backfillLock = 1104

/** The configuration of the project, with its artifacts in a folder or in a registry that nobody reaches. */
export function configFile(hosted?: {readonly repository: string}): string {
  const storage = hosted
    ? {type: 'oci', config: {registry: 'ghcr.io', ...hosted}}
    : {type: 'local', config: {path: './db/artifacts'}}
  return `module.exports = {
  project: 'shop',
  migrations: './db/migrations',
  database: {url: process.env.DATABASE_URL || 'pglite:.squizzle/database'},
  storage: ${JSON.stringify(storage)},
  environments: {production: {target: 'production'}},
}
`
}

export const migrations = {
  '0001_create_users.sql':
    'CREATE TABLE users (id int PRIMARY KEY, email text, seen boolean NOT NULL DEFAULT false);',
  '0001_create_users.rollback.sql': 'DROP TABLE users;',
  '0001_create_users.verify.sql': 'SELECT id, email FROM users WHERE false;',
  '0002_add_procedure.sql': `CREATE PROCEDURE backfill() LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(${backfillLock});
  UPDATE users SET seen = true;
END
$$;`,
  '0002_add_procedure.rollback.sql': 'DROP PROCEDURE backfill;',
  '0003_fix.sql': 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;',
  '0003_fix.rollback.sql': 'ALTER TABLE users ALTER COLUMN email DROP NOT NULL;',
  '0004_backfill.sql': '-- squizzle: no-transaction\nCALL backfill();',
  '0004_backfill.rollback.sql': 'UPDATE users SET seen = false;',
  '0005_add_names.sql': 'ALTER TABLE users ADD COLUMN name text;',
  '0005_add_names.rollback.sql': 'ALTER TABLE users DROP COLUMN name;',
} as const
