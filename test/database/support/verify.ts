import {readLedger} from '../../../src/database/ledger/read.ts'
import {packedAs} from '../../../src/database/plan/compare.ts'
import {scriptsToVerify} from '../../../src/database/plan/verify.ts'
import {verifyScripts} from '../../../src/database/verify/verify-scripts.ts'
import type {VerifiedScript} from '../../../src/database/verify/verify-scripts.ts'
import {schema, withSession} from './apply.ts'
import type {TestArtifact} from './artifact.ts'

/** Runs the verify scripts of what the ledger calls applied, as the operation does. */
export function verify(
  url: string,
  {config, scriptBytes}: TestArtifact,
  signal?: AbortSignal,
): Promise<readonly VerifiedScript[]> {
  return withSession(url, async (session) => {
    const {releases} = await readLedger(session, {schema})
    const applied = releases
      .filter(({state}) => state === 'applied')
      .flatMap((release) => packedAs(config, release) ?? [])
    return verifyScripts(session, scriptsToVerify(applied), {scriptBytes, signal})
  })
}
