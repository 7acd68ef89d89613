import type {Node} from 'libpg-query'

/**
 * Names a statement that PostgreSQL refuses inside a transaction block (SQLSTATE 25001); undefined
 * for all others. Where it depends on the catalogue, the common case decides: DROP SUBSCRIPTION is
 * named (nearly each has a slot); CLUSTER and REINDEX of one table are not (only of a partitioned
 * one they are refused), nor is CALL of a procedure that commits: for those there is the directive.
 */
export function refusedInTransaction(node: Node): string | undefined {
  if ('IndexStmt' in node && node.IndexStmt.concurrent === true) return 'CREATE INDEX CONCURRENTLY'
  if ('DropStmt' in node && node.DropStmt.concurrent === true) return 'DROP INDEX CONCURRENTLY'
  if ('ReindexStmt' in node) {
    const {kind, params} = node.ReindexStmt
    if (isOn(params, 'concurrently', false)) return 'REINDEX CONCURRENTLY'
    return kind === undefined ? undefined : reindexOfMany.get(kind)
  }
  if ('AlterTableStmt' in node && node.AlterTableStmt.cmds?.some(detachesConcurrently) === true) {
    return 'ALTER TABLE ... DETACH PARTITION CONCURRENTLY'
  }
  // ANALYZE is the same statement, and allowed.
  if ('VacuumStmt' in node && node.VacuumStmt.is_vacuumcmd === true) return 'VACUUM'
  if ('ClusterStmt' in node && node.ClusterStmt.relation === undefined) return 'CLUSTER'
  if ('AlterDatabaseStmt' in node && has(node.AlterDatabaseStmt.options, 'tablespace')) {
    return 'ALTER DATABASE ... SET TABLESPACE'
  }
  return always.find(([type]) => type in node)?.[1] ?? slotChange(node)
}

const always = [
  ['CreatedbStmt', 'CREATE DATABASE'],
  ['DropdbStmt', 'DROP DATABASE'],
  ['CreateTableSpaceStmt', 'CREATE TABLESPACE'],
  ['DropTableSpaceStmt', 'DROP TABLESPACE'],
  ['AlterSystemStmt', 'ALTER SYSTEM'],
  ['DropSubscriptionStmt', 'DROP SUBSCRIPTION'],
] as const

const reindexOfMany = new Map<string, string>([
  ['REINDEX_OBJECT_SCHEMA', 'REINDEX SCHEMA'],
  ['REINDEX_OBJECT_SYSTEM', 'REINDEX SYSTEM'],
  ['REINDEX_OBJECT_DATABASE', 'REINDEX DATABASE'],
])

function detachesConcurrently(command: Node): boolean {
  if (!('AlterTableCmd' in command)) return false
  const {subtype, def} = command.AlterTableCmd
  if (subtype !== 'AT_DetachPartition' || def === undefined) return false
  return 'PartitionCmd' in def && def.PartitionCmd.concurrent === true
}

/** Statements on subscriptions that change a replication slot, which no rollback undoes. */
function slotChange(node: Node): string | undefined {
  if ('CreateSubscriptionStmt' in node) {
    const {options} = node.CreateSubscriptionStmt
    const connects = isOn(options, 'connect', true)
    return isOn(options, 'create_slot', connects) ? 'CREATE SUBSCRIPTION' : undefined
  }
  if (!('AlterSubscriptionStmt' in node)) return undefined
  const {kind, options} = node.AlterSubscriptionStmt
  switch (kind) {
    case 'ALTER_SUBSCRIPTION_REFRESH':
      return 'ALTER SUBSCRIPTION ... REFRESH PUBLICATION'
    case 'ALTER_SUBSCRIPTION_SET_PUBLICATION':
    case 'ALTER_SUBSCRIPTION_ADD_PUBLICATION':
    case 'ALTER_SUBSCRIPTION_DROP_PUBLICATION':
      return isOn(options, 'refresh', true) ? 'ALTER SUBSCRIPTION with refresh' : undefined
    case 'ALTER_SUBSCRIPTION_OPTIONS':
      if (has(options, 'failover')) return 'ALTER SUBSCRIPTION ... SET (failover)'
      // Switched on, it waits for the slot's own worker; switched off, the slot is changed at once.
      return isOn(options, 'two_phase', true) ? undefined : 'ALTER SUBSCRIPTION ... SET (two_phase)'
    default:
      return undefined
  }
}

function has(options: readonly Node[] | undefined, name: string): boolean {
  return find(options, name) !== undefined
}

/** An option without a value is on, as in `(CONCURRENTLY)`. */
function isOn(options: readonly Node[] | undefined, name: string, otherwise: boolean): boolean {
  const option = find(options, name)
  if (option === undefined) return otherwise
  const {arg} = option
  if (arg === undefined) return true
  if ('Integer' in arg) return arg.Integer.ival === 1
  if ('Boolean' in arg) return arg.Boolean.boolval === true
  return 'String' in arg && /^(?:true|on)$/i.test(arg.String.sval ?? '')
}

function find(options: readonly Node[] | undefined, name: string) {
  for (const option of options ?? []) {
    if ('DefElem' in option && option.DefElem.defname === name) return option.DefElem
  }
  return undefined
}
