import type {Node, RangeVar} from 'libpg-query'
import type {
  CreateIndex,
  DetachPartition,
  DropIndex,
  ObjectName,
  OutsideStatement,
  Reindex,
} from '../artifact/statement.ts'
import {tokens} from './lexer.ts'
import {parseScript} from './parser.ts'
import {refusedInTransaction} from './transaction-block.ts'

/**
 * Says what a statement that runs outside transactions is: by the parser, so that no comment, quote or odd spelling
 * deceives. Several statements in one text, and what the parser refuses, are `unknown`.
 */
export async function readStatement(sql: string): Promise<OutsideStatement> {
  const parsed = await parseScript(sql)
  if (!('statements' in parsed)) return {kind: 'unknown'}
  const [statement, ...more] = parsed.statements
  if (statement === undefined || more.length > 0) return {kind: 'unknown'}
  const {node} = statement
  return (
    readCreateIndex(node, Buffer.from(sql)) ??
    readDropIndex(node) ??
    readReindex(node) ??
    readDetach(node) ?? {kind: kindOf(node)}
  )
}

function kindOf(node: Node): 'repeatable' | 'setting' | 'atomic' | 'unknown' {
  if (isSetting(node)) return 'setting'
  if (repeatable.some((type) => type in node)) return 'repeatable'
  if (refusedInTransaction(node) !== undefined) return 'unknown'
  return commitsItself.some((type) => type in node) ? 'unknown' : 'atomic'
}

/** REINDEX is here without CONCURRENTLY: each of its indexes is rebuilt in a transaction. */
const repeatable = [
  'VacuumStmt',
  'ClusterStmt',
  'ReindexStmt',
  'RefreshMatViewStmt',
  'CheckPointStmt',
  'AlterSystemStmt',
  'AlterDatabaseSetStmt',
  'AlterRoleSetStmt',
] as const

/** What may commit a part of its work. */
const commitsItself = ['CallStmt', 'DoStmt', 'ExecuteStmt', 'TransactionStmt'] as const

function isSetting(node: Node): boolean {
  if ('DiscardStmt' in node) return true
  if (!('VariableSetStmt' in node)) return isSetConfig(node)
  const {is_local: local, name} = node.VariableSetStmt
  return local !== true && name !== 'TRANSACTION'
}

/** `SELECT set_config('search_path', '', false)`, as dumps begin. */
function isSetConfig(node: Node): boolean {
  if (!('SelectStmt' in node)) return false
  const {targetList = [], fromClause, withClause, larg} = node.SelectStmt
  const [target] = targetList
  if (targetList.length !== 1 || fromClause !== undefined || withClause !== undefined) return false
  if (larg !== undefined || target === undefined || !('ResTarget' in target)) return false
  const {val} = target.ResTarget
  if (val === undefined || !('FuncCall' in val)) return false
  const {funcname, args = []} = val.FuncCall
  const isConstant = args.every((arg) => 'A_Const' in arg)
  return namesOf(funcname).at(-1) === 'set_config' && isConstant
}

function readCreateIndex(node: Node, sql: Buffer): CreateIndex | undefined {
  if (!('IndexStmt' in node) || node.IndexStmt.concurrent !== true) return undefined
  const {idxname, relation, unique = false, if_not_exists: ifNotExists = false} = node.IndexStmt
  const table = nameOf(relation)
  const definition = definitionAfter(sql, relation?.location ?? 0)
  if (idxname === undefined || table === undefined || definition === undefined) return undefined
  return {kind: 'create-index', name: idxname, table, unique, ifNotExists, definition}
}

/** What follows the table's name, up to the end of the statement. @param table where that name begins, in bytes */
function definitionAfter(sql: Buffer, table: number): string | undefined {
  let start: number | undefined
  let end = 0
  for (const token of tokens(sql)) {
    if (token.start < table || token.kind.endsWith('comment')) continue
    const text = sql.toString('utf8', token.start, token.end)
    if (start === undefined && (text === '(' || text.toLowerCase() === 'using')) start = token.start
    if (text !== ';') end = token.end
  }
  return start === undefined ? undefined : sql.toString('utf8', start, end)
}

function readDropIndex(node: Node): DropIndex | undefined {
  if (!('DropStmt' in node) || node.DropStmt.concurrent !== true) return undefined
  const [object, ...more] = node.DropStmt.objects ?? []
  if (object === undefined || !('List' in object) || more.length > 0) return undefined
  const [name, schema] = namesOf(object.List.items).toReversed()
  if (name === undefined) return undefined
  return {kind: 'drop-index', index: {name, ...(schema === undefined ? {} : {schema})}}
}

const scopes = new Map<string, Reindex['scope']>([
  ['REINDEX_OBJECT_INDEX', 'index'],
  ['REINDEX_OBJECT_TABLE', 'table'],
  ['REINDEX_OBJECT_SCHEMA', 'schema'],
  ['REINDEX_OBJECT_DATABASE', 'database'],
])

function readReindex(node: Node): Reindex | undefined {
  if (refusedInTransaction(node) !== 'REINDEX CONCURRENTLY' || !('ReindexStmt' in node)) {
    return undefined
  }
  const {kind = '', relation, name} = node.ReindexStmt
  const scope = scopes.get(kind)
  if (scope === undefined) return undefined
  if (scope === 'database') return {kind: 'reindex', scope}
  const target = scope === 'schema' && name !== undefined ? {name} : nameOf(relation)
  return target && {kind: 'reindex', scope, target}
}

function readDetach(node: Node): DetachPartition | undefined {
  if (!('AlterTableStmt' in node)) return undefined
  if (refusedInTransaction(node) === undefined) return undefined
  const {relation, cmds = []} = node.AlterTableStmt
  const [command] = cmds
  if (command === undefined || !('AlterTableCmd' in command)) return undefined
  const {def} = command.AlterTableCmd
  if (def === undefined || !('PartitionCmd' in def)) return undefined
  const [table, partition] = [nameOf(relation), nameOf(def.PartitionCmd.name)]
  if (table === undefined || partition === undefined) return undefined
  return {kind: 'detach-partition', table, partition}
}

function nameOf(relation: RangeVar | undefined): ObjectName | undefined {
  const {schemaname: schema, relname: name} = relation ?? {}
  if (name === undefined) return undefined
  return {name, ...(schema === undefined ? {} : {schema})}
}

function namesOf(nodes: readonly Node[] | undefined): readonly string[] {
  return (nodes ?? []).flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []))
}
