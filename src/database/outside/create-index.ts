import type {CreateIndex} from '../../artifact/statement.ts'
import type {Run} from '../apply/run.ts'
import {literal} from '../names.ts'
import {compareDefinition} from './definition.ts'
import {again, done, dropInvalid, unclear} from './finding.ts'
import type {Finding} from './finding.ts'
import {untilBuilt} from './ghosts.ts'
import {findIndexes, findRelation, quoted} from './relation.ts'
import type {FoundIndex} from './relation.ts'

/**
 * Of an index that was begun: one that is valid is done, one that is not is dropped and built again. Both only where it
 * is what this statement makes; any other index of its name stays as it is.
 * @throws LOCK_TIMEOUT where a session still builds it
 */
export async function inspectCreateIndex(run: Run, statement: CreateIndex): Promise<Finding> {
  const {session} = run
  const table = await findRelation(session, statement.table)
  if (table === undefined) return unclear(`there is no table ${quoted(statement.table)}`)
  await untilBuilt(run, table, isOf(statement.name))
  const found = await findNamed(session, table, statement.name)
  if (found === undefined) return again()
  if (found.table !== table) return unclear(`${found.name} is there, but no index of that table`)
  if (found.valid && statement.ifNotExists) return done()
  const difference = await compareDefinition(session, statement, table, found.oid)
  if (difference !== undefined) return unclear(`${found.name} is there, but ${difference}`)
  return found.valid ? done() : again(dropInvalid(found.name))
}

/** After the statement ended well: with IF NOT EXISTS it does so over an invalid index too. */
export async function confirmCreateIndex(
  run: Run,
  statement: CreateIndex,
): Promise<Finding | undefined> {
  const table = await findRelation(run.session, statement.table)
  if (table === undefined) return undefined
  const found = await findNamed(run.session, table, statement.name)
  if (found === undefined || (found.table === table && found.valid)) return undefined
  return inspectCreateIndex(run, statement)
}

async function findNamed(
  session: Run['session'],
  table: string,
  name: string,
): Promise<FoundIndex | undefined> {
  const [found] = await findIndexes(
    session,
    `c.relname = ${literal(name)}
      AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = ${table})`,
  )
  return found
}

/** Whether a build is of the index of that name; one that just begins has no row that others can see. */
function isOf(name: string): string {
  return `coalesce((SELECT c.relname = ${literal(name)} FROM pg_class c WHERE c.oid = p.index_relid), true)`
}
