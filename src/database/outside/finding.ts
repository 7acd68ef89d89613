/** What the catalogue shows of a statement that was begun. */
export type Finding =
  | {readonly outcome: 'done' | 'again'; readonly repairs: readonly Repair[]}
  | {readonly outcome: 'unclear'; readonly why: string}

/** What must be done first, where a statement left something half done. */
export interface Repair {
  readonly sql: string
  /** For people: `drops the invalid index public.a_i`. */
  readonly does: string
}

export function done(...repairs: readonly Repair[]): Finding {
  return {outcome: 'done', repairs}
}

/** It has to run (again). */
export function again(...repairs: readonly Repair[]): Finding {
  return {outcome: 'again', repairs}
}

/** A person must look. @param why a clause without its full stop */
export function unclear(why: string): Finding {
  return {outcome: 'unclear', why}
}

/** @param name qualified and quoted */
export function dropInvalid(name: string): Repair {
  return {sql: `DROP INDEX CONCURRENTLY ${name}`, does: `drops the invalid index ${name}`}
}
