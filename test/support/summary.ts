/**
 * Closes a run of scripts/test: `node test/support/summary.ts <report> [--forbid-skipped]` prints
 * the skipped tests, whose suites' titles say why, and the counts alone on the last line. Exits
 * with 1 where a test failed, where none ran, or where one was skipped though that is forbidden.
 */
import {existsSync, readFileSync} from 'node:fs'
import type {Report} from './reporter.ts'

const [file = '', option] = process.argv.slice(2)
const report = readReport()
const skipped = report.tests.filter(({state}) => state === 'skipped')
const forbidden = option === '--forbid-skipped' && skipped.length > 0
if (skipped.length > 0) console.log(forbidden ? 'Skipped, which is forbidden here:' : 'Skipped:')
for (const test of skipped) console.log(`  ${test.title}`)
console.log(`${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped`)
if (report.failed > 0 || report.tests.length === 0 || forbidden) process.exitCode = 1

/** A run that died before its end has left no report: nothing of it counts. */
function readReport(): Report {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  console.log('The test run ended without a report.')
  return {passed: 0, failed: 0, skipped: 0, tests: []}
}
