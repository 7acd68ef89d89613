import {ledgerTables, type Column, type Table} from '../../src/database/ledger/tables.ts'

/** The ledger's tables, as their own comments explain them. */
export function ledgerPage(): string {
  return `# The ledger

<!-- Made by scripts/docs from src/database/ledger/tables.ts: change the tables' comments, not this page. -->

What a database itself records of the releases applied to it: four tables in the schema \`squizzle\`, or the one that
\`database.schema\` names. squizzle makes them before the first release; \`squizzle status --ledger-ddl\` prints their DDL for
roles that may not create schemas. Reading never writes. Queries of your own are welcome, changes are not: the next run
compares the ledger with itself and with the artifact, and refuses what does not agree.

${ledgerTables.map(section).join('\n\n')}
`
}

function section({name, comment, columns}: Table): string {
  const rows = columns.map(
    (column) =>
      `| \`${column.name}\` | ${typeOf(column)} | ${column.comment.replaceAll('|', String.raw`\|`)} |`,
  )
  return `## squizzle.${name}

${comment}.

| column | type | |
| --- | --- | --- |
${rows.join('\n')}`
}

function typeOf({type, nullable}: Column): string {
  return nullable === true ? `${type}, null` : type
}
