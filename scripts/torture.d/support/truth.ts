import assert from 'node:assert/strict'
import {ask} from './databases.ts'
import {migrations} from './reference.ts'

/**
 * Holds what the ledger claims of the reference releases against what the database shows, in one snapshot: a run may
 * still be at it. A statement that is recorded as begun and not as done is no claim.
 */
export async function checkTruth(url: string): Promise<void> {
  const [ledger] = await ask(url, "select to_regclass('squizzle.migrations') is not null as exists")
  const exists = ledger?.['exists'] === true
  const parts = migrations.map(({name, release, position, transaction, effects}) => {
    const shown = effects.map((effect) => effect.shown ?? 'null::bool').join(', ')
    const row = exists
      ? `(select row_to_json(m) from squizzle.migrations m where release = ${release} and position = ${position})`
      : 'null::json'
    return `select '${name}' as name, ${transaction} as transaction, array[${shown}] as shown, ${row} as row`
  })
  for (const found of (await ask(url, parts.join('\nunion all\n'))) as unknown as Found[]) {
    const {started, done} = claimOf(found)
    for (const [at, shown] of found.shown.entries()) {
      if (shown === null || (at >= done && at < started)) continue
      const claim = `${found.name}, statement ${at + 1}, is ${at < done ? 'done' : 'not done'}`
      assert.equal(shown, at < done, `the ledger says that ${claim}`)
    }
  }
}

interface Found {
  readonly name: string
  readonly transaction: boolean
  readonly shown: readonly (boolean | null)[]
  readonly row: Row | null
}

interface Row {
  readonly state: 'begun' | 'done' | 'undoing'
  readonly statement_started: number | null
  readonly statement_done: number | null
}

function claimOf({row, shown}: Found): {started: number; done: number} {
  if (row === null) return {started: 0, done: 0}
  if (row.state === 'undoing') return {started: shown.length, done: 0}
  if (row.state === 'done') return {started: shown.length, done: shown.length}
  return {started: row.statement_started ?? 0, done: row.statement_done ?? 0}
}
