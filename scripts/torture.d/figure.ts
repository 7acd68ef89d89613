import type {Random} from './support/random.ts'

/** One thing that is tortured, and what is counted. */
export interface Figure {
  readonly name: string
  /** What a run is, in the plural: `kills`. */
  readonly runs: string
  /** Fewer runs than that prove nothing: the figure failed. */
  readonly least: Readonly<Record<Form, number>>
  /** What must never be found, as the table says it. The first stands for whatever was not foreseen. */
  readonly faults: readonly [string, ...string[]]
  readonly torture: (torture: Torture) => Promise<void>
}

export type Form = 'short' | 'long'

/** What a figure is given to work with. */
export interface Torture {
  readonly form: Form
  /** Drawn from the seed and the figure's name: the same whether it is measured alone or not. */
  readonly random: Random
  /**
   * Counts one run, whose label says how to find it again. What it throws is a fault: one of the figure's where it is a
   * `Fault`, else the first of them.
   */
  readonly run: (label: string, work: () => Promise<void>) => Promise<void>
  /** Something measured beside the counts, such as seconds. */
  readonly note: (text: string) => void
}

/** Found: what must never be. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly fault: string

  constructor(fault: string, message: string) {
    super(message)
    this.fault = fault
  }
}

export interface Measured {
  readonly figure: Figure
  readonly runs: number
  /** How often each fault was found, in the figure's order. */
  readonly found: readonly number[]
  /** What happened, for the first ones. */
  readonly examples: readonly string[]
  readonly notes: readonly string[]
  readonly seconds: number
  readonly failed: boolean
}
