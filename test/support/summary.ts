/**
 * Closes a run of scripts/test: `node test/support/summary.ts [--forbid-skipped] <report...>` prints
 * the failed tests and the skipped ones, whose suites' titles say why, and the counts alone on the last
 * line. Exits with 1 where a test failed, where a run has no report or no test, or where one was skipped
 * though that is forbidden.
 */
import {existsSync, readFileSync} from 'node:fs'
import type {Report, ReportedTest} from './reporter.ts'

const forbids = process.argv[2] === '--forbid-skipped'
const reports = process.argv.slice(forbids ? 3 : 2).map(readReport)
const tests = reports.flatMap((report) => report.tests)
const [failed, skipped] = [inState('failed'), inState('skipped')]
const forbidden = forbids && skipped.length > 0

if (reports.length > 1) list('Failed:', failed)
list(forbidden ? 'Skipped, which is forbidden here:' : 'Skipped:', skipped)
console.log(
  `${inState('passed').length} passed, ${failed.length} failed, ${skipped.length} skipped`,
)
const nothingRan = reports.some((report) => report.tests.length === 0)
if (failed.length > 0 || nothingRan || forbidden) process.exitCode = 1

function inState(state: ReportedTest['state']): readonly ReportedTest[] {
  return tests.filter((test) => test.state === state)
}

function list(title: string, listed: readonly ReportedTest[]): void {
  if (listed.length > 0) console.log(title)
  for (const test of listed) console.log(`  ${test.title}`)
}

/** A run that died before its end has left no report: nothing of it counts. */
function readReport(file: string): Report {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  console.log('A test run ended without a report.')
  return {passed: 0, failed: 0, skipped: 0, tests: []}
}
