import type {ErrorCode} from '../../src/errors.ts'

/** What to do about each error, in Markdown: the manual's troubleshooting. */
export const remedies: Readonly<Record<ErrorCode, string>> = {
  MIGRATION_FAILED: `The output shows file, line and column, the statement with a caret, PostgreSQL's SQLSTATE, detail and hint, and what state the database
is in now. A release that runs in one transaction is rolled back whole; of a resumable one, what was committed stays. Correct the SQL
in a new release (a released file never changes), or the data that it met, and run \`squizzle apply\` again: it goes on where it ended.`,
  VERIFY_FAILED: `A statement of a verify script raised an error; rows that it returns do not matter. The output says which script, line and release. Nothing
was changed: verify scripts run read-only.`,
  UNEXPECTED: `squizzle met something that it has no word for. Run the command again with \`--verbose\` and report what it shows: it is free of secrets.`,
  USAGE: `\`squizzle <command> --help\` says which arguments and flags there are.`,
  CONFIG_INVALID: `The message names the path in the configuration, what was found and what was expected. \`squizzle config show\` prints every value and
where it came from; \`squizzle config validate\` tries each part for real. See [Configuration](configuration.md).`,
  NO_DATABASE: `A configuration file is there, but its \`database.url\` is missing, undefined or empty: mostly a secret that the pipeline did not hand over. Set
\`DATABASE_URL\`, or \`database.url\`. squizzle never falls back to the embedded database then: a missing secret must not look like a deployment.`,
  VERSION_INVALID: `Versions are [semantic](https://semver.org): \`1.4.0\`, \`2.0.0-rc.1\`. A leading \`v\` is dropped.`,
  VERSION_NOT_FOUND: `The storage that the output names has no such version, tag or digest; the nearest versions are listed. Look at \`squizzle list\`, at \`--env\` and at the storage's
address. A version whose tag was removed is still found inside newer artifacts.`,
  SOURCE_INVALID: `The message names file, line and column. PostgreSQL's own parser reads every file at build; where only your server knows a grammar, \`build
--no-parse\` sends the file as it is. A file that mixes statements which can and can't run in a transaction has to be split.`,
  TOOL_MISSING: `Registries are reached by [\`oras\`](https://oras.land), 1.3.1 or newer, on PATH or named by \`SQUIZZLE_ORAS\`; it is in the image.`,
  MEDIA_TYPE_REFUSED: `The registry takes only container images, or this repository does. Registries that take OCI artifacts are listed in [Registries](../registries.md).`,
  TOO_LARGE: `A limit was met: a manifest stays under 4 MiB, and archives and layers have absolute caps so that a hostile one can't fill a disk or memory. The message names the limit.`,
  NOT_WRITABLE: `The message names the folder. In a container with a read-only root, mount something writable and name it by \`SQUIZZLE_CACHE_DIR\`.`,
  PLUGIN_FAILED: `The message names the plugin. \`squizzle plugins inspect <name>\` shows what it is, \`squizzle plugins uninstall <name>\` removes it. See [Plugins](../plugins.md).`,
  UNREACHABLE: `Nothing answered at the address that is named, or the server broke off. Look at the address, DNS, firewalls and proxies (\`HTTPS_PROXY\`, \`NO_PROXY\`).`,
  TIMEOUT: `Transfers: raise \`--timeout <seconds>\`, or use a registry that is nearer. What was transferred stays in the cache: the next try goes on.`,
  RATE_LIMITED: `Log in (\`docker login\`): anonymous pulls are limited most. What was pulled stays in the cache, so that a retry asks for less.`,
  TLS: `The certificate is not trusted, has expired or names another host. Name a private authority by \`caFile\` (registries), \`sslrootcert\` (PostgreSQL) or
\`NODE_EXTRA_CA_CERTS\` (S3). For PostgreSQL, \`sslmode\` means what it means to libpq.`,
  CONNECTION_LOST: `The database's connection broke while work was under way. squizzle has looked, where it could, whether the transaction was committed, and says so. Run the
same command again: the ledger decides what is left to do.`,
  AUTHENTICATION_REQUIRED: `No credentials were found, or they are wrong. For a registry: \`docker login <registry>\`, or \`OCI_USERNAME\` and \`OCI_PASSWORD\`; then
\`squizzle config validate\` says which were used. For S3: the AWS SDK's own chain. For PostgreSQL: the user and password of the URL.`,
  PERMISSION_DENIED: `The credentials are right but do not allow this. Pushing needs write access, pruning the right to delete. For a database role that may not create schemas,
\`squizzle status --ledger-ddl\` prints what an administrator runs once.`,
  VERSION_EXISTS: `The storage has this version with other content, and a version never changes. Build the next one. \`push --force\` overrides that, but never for a version that a later one contains.`,
  TAG_IMMUTABLE: `The registry forbids to move or remove this tag. For a version that is right. Let environment tags (\`staging\`, \`production\`) be exempt from the rule.`,
  RELEASED_FILE_EDITED: `The file was packed into a release and has changed since; the output shows the difference. Undo the edit, and write the change as a new migration.`,
  RELEASED_ELSEWHERE: `A migration of this name is in a release outside the base, mostly a hotfix. Build with \`--merge <version>\`, as the message says. See [Hotfixes and merges](../guides/hotfixes.md).`,
  DIVERGED: `The database applied other content under a version that the artifact has too: two builds of one version were made and both were applied somewhere. Find out which is right by
\`squizzle show\` and the ledger's \`diff_id\`; the other line needs versions of its own.`,
  DATABASE_AHEAD: `The database has all of this artifact and more. Where the application was rolled back on purpose and the schema may stay, \`apply --allow-ahead\` is content with it.`,
  OTHER_LINE: `The database has releases that this artifact lacks: mostly a hotfix that the new version did not take in. Build with \`--merge\`, as the message says. A pre-release has to be rolled back, or built on with \`--base\`.`,
  OTHER_PROJECT: `The artifact belongs to another project than the database. Look at the database URL and at the storage. A second project in one database needs a ledger of its own: \`database.schema\`.`,
  DATABASE_NOT_EMPTY: `The database has objects but no ledger. Adopt it with \`squizzle baseline <version>\`; if its objects have nothing to do with these migrations, add \`--allow-nonempty\`.`,
  UNRESOLVED: `A statement outside transactions was begun, its outcome is not known, and the catalogue can't tell. Look at the database, then say what you found:
\`squizzle resolve <release>/<migration> --applied|--pending --reason <text>\`.`,
  INTEGRITY: `Bytes do not match their digest, or the ledger does not agree with itself or with the artifact. From a cache or storage: pull again; damaged copies are fetched anew by
themselves. A ledger that was changed by hand is never repaired in silence: compare it with \`squizzle show\` and the events.`,
  UNSUPPORTED_FORMAT: `The artifact or the ledger was made by a newer squizzle and uses something that this one does not know. Update squizzle.`,
  ROLLBACK_FAILED: `The output shows the statement, as for a failed migration, and which release the database is at now. Nothing of the failed transaction stays. Once the reason is gone, run \`squizzle rollback\` again, or \`squizzle apply\` to go forward again.`,
  LOCK_TIMEOUT: `Another run had the lock for longer than \`--wait-lock\`; the output names its process, host, application and query. The lock is gone with its session: nothing has to be unlocked. Wait for it, or end that session in PostgreSQL.`,
  PENDING: `\`status --exit-code\` or \`--require\`: the database lacks releases. Run \`squizzle apply\`, or let \`--wait <seconds>\` wait for whoever does.`,
  INTERRUPTED: `Ctrl-C: the running statement was cancelled and its transaction rolled back; the output says what state the database is in. Run the same command again to go on.`,
  TERMINATED: `SIGTERM, as of a pod that is stopped: the running statement was cancelled and its transaction rolled back. Run the same command again to go on.`,
}

/** First lines that never change: people look for them, and scripts match them. */
export const fixedTexts: Partial<Readonly<Record<ErrorCode, readonly string[]>>> = {
  AUTHENTICATION_REQUIRED: ['authentication required'],
  PERMISSION_DENIED: ['permission denied'],
  RATE_LIMITED: ['rate limit exceeded'],
  TIMEOUT: ['timeout pulling artifact', 'timeout pushing artifact'],
  VERSION_NOT_FOUND: ['version 1.0.0 not found in <storage>'],
  NO_DATABASE: ['no database configured'],
}
