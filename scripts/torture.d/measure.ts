import {Fault} from './figure.ts'
import type {Figure, Form, Measured} from './figure.ts'
import {randomFrom} from './support/random.ts'

/** Faults to describe in full; the others are only counted. */
const mostExamples = 5

/** Tortures for one figure, and counts. Faults don't end it: they are what it looks for. */
export async function measure(figure: Figure, form: Form, seed: number): Promise<Measured> {
  const began = performance.now()
  const found = figure.faults.map(() => 0)
  const [examples, notes]: [string[], string[]] = [[], []]
  let runs = 0
  const blame = (label: string, error: unknown) => {
    const at = error instanceof Fault ? figure.faults.indexOf(error.fault) : 0
    found[at] = (found[at] ?? 0) + 1
    if (examples.length < mostExamples) examples.push(`${label}: ${describe(error)}`)
  }
  await figure
    .torture({
      form,
      random: randomFrom(seed, figure.name),
      run: async (label, work) => {
        runs += 1
        await work().catch((error: unknown) => blame(label, error))
      },
      note: (text) => notes.push(text),
    })
    .catch((error: unknown) => blame('outside of its runs', error))
  return {
    figure,
    runs,
    found,
    examples,
    notes,
    seconds: (performance.now() - began) / 1000,
    failed: runs < figure.least[form] || found.some((count) => count > 0),
  }
}

function describe(error: unknown): string {
  if (error instanceof Fault) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
