import {writeFileSync} from 'node:fs'
import Mocha from 'mocha'

/** What scripts/test counts and lists; written once the run is over. */
export interface Report {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly tests: readonly ReportedTest[]
}

export interface ReportedTest {
  readonly state: 'passed' | 'failed' | 'skipped'
  readonly file: string | undefined
  readonly title: string
  readonly milliseconds: number | undefined
  readonly error?: string
}

const {EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING} = Mocha.Runner.constants

/** Mocha's own "spec" output, and with `--reporter-option report=<file>` a Report as JSON. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    const tests: ReportedTest[] = []
    const add = (state: ReportedTest['state'], test: Mocha.Test, error?: Error) => {
      const {file, duration: milliseconds} = test
      const about = {state, file, title: test.fullTitle(), milliseconds}
      tests.push(error === undefined ? about : {...about, error: error.stack ?? error.message})
    }
    runner
      .on(EVENT_TEST_PASS, (test) => add('passed', test))
      .on(EVENT_TEST_FAIL, (test, error) => add('failed', test, error))
      .on(EVENT_TEST_PENDING, (test) => add('skipped', test))
      .once(EVENT_RUN_END, () => {
        const {passes: passed, failures: failed, pending: skipped} = this.stats
        const report: Report = {passed, failed, skipped, tests}
        const file: unknown = options.reporterOptions?.['report']
        if (typeof file === 'string') writeFileSync(file, JSON.stringify(report, null, 2))
      })
  }
}
