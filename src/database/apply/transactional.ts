import {verifyOf} from '../plan/verify.ts'
import type {Run} from './run.ts'
import {loadScript} from './script.ts'
import {workOf} from './segment.ts'
import type {SegmentWork} from './segment.ts'
import {MessageSender} from './sender.ts'
import {inTransaction} from './transaction.ts'

/**
 * Applies the scripts of a segment and writes their ledger rows, in one transaction.
 * @throws as `inTransaction` does
 */
export async function applyTransactional(run: Run, segment: SegmentWork): Promise<void> {
  const work = workOf(segment)
  await inTransaction(run, work, async (transaction) => {
    await run.reporter.step({type: 'segment-begun', transaction: true, ...work})
    const sender = new MessageSender(run, segment, transaction)
    for (const planned of segment.migrations) {
      const {scriptBytes, verify = false} = run.options
      const script = await loadScript(planned, scriptBytes)
      const check = verify ? verifyOf(segment.planned.release, planned.position) : undefined
      if (check === undefined) await sender.add(script)
      else await sender.addVerified(script, await loadScript(check, scriptBytes))
    }
    await sender.finish()
  })
}
