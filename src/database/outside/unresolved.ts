import {SquizzleError} from '../../errors.ts'
import {migrationLabel} from '../../artifact/release.ts'
import {resolveCommand} from '../plan/resolve.ts'
import {locate} from '../sql/location.ts'
import {labelOf} from './script.ts'
import type {OutsideScript} from './script.ts'

/** @param statement from 1 @param why a clause without its full stop */
export function unresolved(job: OutsideScript, statement: number, why: string): SquizzleError {
  const {script} = job
  const label = labelOf(job)
  const file = migrationLabel(script.release, script.script.path)
  const location = locate(script.bytes, script.batches.slice(0, statement), undefined, 0)
  const place = location === undefined ? file : `${file}:${location.line}:${location.column}`
  return new SquizzleError(
    'UNRESOLVED',
    `${place}: statement ${statement} was begun, and whether it was done is not known: ${why}`,
    {
      hint: `Look at the database, then say what you found: ${resolveCommand(label)}`,
      details: {
        migration: label,
        file,
        ...location,
        statement,
        why,
        resolve: resolveCommand(label),
      },
    },
  )
}
