import type {Form, Measured} from './figure.ts'

/** One line of a figure, and below it what went wrong. */
export function printed(measured: Measured, form: Form): string {
  const {figure, runs, notes, seconds, examples, failed} = measured
  const wanted = runs < figure.least[form] ? ` (at least ${figure.least[form]} are asked for)` : ''
  const parts = [`${runs} ${figure.runs}${wanted}`, countsOf(measured), ...notes]
  const line = `${failed ? 'FAILED ' : ''}${figure.name}: ${parts.join('; ')}; ${seconds.toFixed(1)} s`
  return [line, ...examples.map((example) => `  ${example.replaceAll('\n', '\n  ')}`)].join('\n')
}

/** What was found of each fault: `0 wrong ledger answers`. */
export function countsOf({figure, found}: Measured): string {
  return figure.faults.map((fault, at) => `${found[at]} ${fault}`).join(', ')
}
