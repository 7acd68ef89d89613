import type {PlannedRelease} from '../plan/plan.ts'
import type {Reached} from '../plan/reached.ts'
import type {Outcome} from './failure.ts'
import type {Run} from './run.ts'

/** After a segment of a release was committed. @param done its migrations done so far */
export function reachedWith(
  reached: Reached,
  {release}: PlannedRelease,
  done: number,
  applied: boolean,
): Reached {
  if (applied) return {at: release.version}
  return {...reached, partial: {version: release.version, done, of: release.migrations.length}}
}

/** Before a statement outside transactions runs. @param partial where nothing of its release was begun before */
export function reachedStatement(
  reached: Reached,
  partial: NonNullable<Reached['partial']>,
  open: NonNullable<Reached['open']>,
): Reached {
  return {partial, ...reached, open}
}

/** After it, or where it turned out not to have begun. */
export function reachedBetween({at, partial}: Reached): Reached {
  return {...(at === undefined ? {} : {at}), ...(partial === undefined ? {} : {partial})}
}

/** What a sentence about a run needs of it. */
type Told = Pick<Run, 'reached' | 'kind'>

/** What state the database is in, as a sentence without its full stop. */
export function describeReached({reached, kind: {words}}: Told): string {
  const {at, partial, open} = reached
  const base = at === undefined ? 'without a release' : `at ${at}`
  if (partial === undefined) return `the database is ${words.still}${base}`
  const {version, done, of} = partial
  const parts = `the database is ${base} and has ${done} of the ${of} migrations of ${version}`
  if (open === undefined) return `${parts}, ${words.goesOn}`
  const begun = `${parts}; statement ${open.statement} of ${open.migration} was begun`
  return open.settled
    ? `${begun}, and what became of it shows in the catalogue`
    : `${begun}, and it is not known whether it was done`
}

const byOutcome: Readonly<Record<Exclude<Outcome, 'rolled-back'>, string>> = {
  committed:
    'what the script did before its COMMIT is in the database and not in the ledger, so undo it by hand',
  ended: 'the script rolled back and went on by itself, so check what it left',
  'no-transaction': 'a script outside transactions cannot be rolled back',
}

/** The same after a script failed, for what became of its transaction. */
export function describeOutcome(outcome: Outcome, run: Told): string {
  const {failed} = run.kind.words
  return `${outcome === 'rolled-back' ? failed : byOutcome[outcome]}: ${describeReached(run)}`
}
