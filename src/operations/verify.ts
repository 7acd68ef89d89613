import type {Digest} from '../artifact/digest.ts'
import {readLayer} from '../artifact/layer-reader.ts'
import type {ReleaseEntry} from '../artifact/release.ts'
import type {Version} from '../artifact/version.ts'
import type {DatabaseSettings} from '../config/settings.ts'
import {readLedger} from '../database/ledger/read.ts'
import {packedAs} from '../database/plan/compare.ts'
import {planApply} from '../database/plan/plan.ts'
import {scriptsToVerify} from '../database/plan/verify.ts'
import {verifyScripts} from '../database/verify/verify-scripts.ts'
import {choose, referenceOf} from './choose.ts'
import type {Context} from './context.ts'
import {fetchLayers, layerChunks} from './layers.ts'
import {withProjectDatabase} from './project-database.ts'
import {withScripts} from './scripts.ts'
import {describeVerified, refuseFailed, type VerifiedFile} from './verified.ts'

export interface VerifyInput {
  /** A version, tag or digest; the environment's own where absent. */
  readonly reference?: string | undefined
  /** Absent: only the artifact is verified. */
  readonly database?: DatabaseSettings | undefined
  /** Ask no storage: the builds made here, and what the cache remembers. */
  readonly offline: boolean
}

export interface VerifyResult {
  readonly version: Version
  readonly digest: Digest
  readonly reference: string
  readonly why?: string
  /** Each holds what its digests name. */
  readonly layers: readonly {
    readonly release: Version
    readonly digest: Digest
    readonly size: number
  }[]
  /** Free of secrets; absent where there is none. */
  readonly database?: string
  /** What the database is at. */
  readonly at?: Version
  /** Verify scripts of applied releases, in their order. */
  readonly scripts: readonly VerifiedFile[]
}

/**
 * Verifies an artifact: manifest, config and every layer. With a database also the ledger against it, and what applied
 * releases say of the database themselves. Writes nothing there.
 * @param onResult is given the result before a failing script is thrown
 * @throws VERIFY_FAILED after all scripts ran; INTEGRITY; as `choose` and `planApply`
 */
export async function verify(
  context: Context,
  {reference, database, offline}: VerifyInput,
  onResult: (result: VerifyResult) => Promise<void> | void = () => undefined,
): Promise<VerifyResult> {
  const chosen = await choose(context, reference, {offline})
  const {config, descriptor} = chosen.artifact
  const refetch = offline ? undefined : () => fetchLayers(context, chosen)
  await refetch?.()
  for (const entry of config.releases) {
    await readLayer(await layerChunks(context, entry, refetch), entry)
  }
  const artifact = {
    version: config.version,
    digest: descriptor.digest,
    reference: referenceOf(await context.storage(), chosen),
    ...(chosen.why !== undefined && {why: chosen.why}),
    layers: config.releases.map(({version, layer, size}) => ({
      release: version,
      digest: layer,
      size,
    })),
  }
  if (database === undefined) {
    await onResult({...artifact, scripts: []})
    return {...artifact, scripts: []}
  }
  return withProjectDatabase(context, database, async (session) => {
    const ledger = await readLedger(session, database)
    const {from} = planApply(config, ledger, {allowNonempty: true})
    const applied = ledger.releases
      .filter(({state}) => state === 'applied')
      .flatMap((release): ReleaseEntry[] => [packedAs(config, release) ?? []].flat())
    const scripts = await withScripts(context, {releases: applied, refetch}, (scriptBytes) =>
      verifyScripts(session, scriptsToVerify(applied), {
        scriptBytes,
        searchPath: database.searchPath,
        lockTimeout: database.lockTimeout,
        statementTimeout: database.statementTimeout,
        onStep: context.report,
        signal: context.signal,
      }),
    )
    const result = {
      ...artifact,
      database: session.name,
      ...(from !== undefined && {at: from}),
      scripts: scripts.map(describeVerified),
    }
    await onResult(result)
    refuseFailed(scripts)
    return result
  })
}
