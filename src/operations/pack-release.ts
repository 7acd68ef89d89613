import type {Digest} from '../artifact/digest.ts'
import {packLayer, type PackedLayer} from '../artifact/layer.ts'
import type {BatchedScript, Migration, Release, Script} from '../artifact/release.ts'
import type {Version} from '../artifact/version.ts'
import {describeScript, type ReadyMigration, type ReadyScript} from './ready-migration.ts'

/** A new release: what the config says of it, and its layer. */
export interface PackedRelease {
  readonly release: Release<BatchedScript>
  readonly layer: PackedLayer
  /** SQL files in the layer. */
  readonly files: number
  /** What the parser had to say: transactions taken off, scripts that run outside of one. */
  readonly remarks: readonly string[]
}

/** Packs migrations into a release; the same migrations give the same layer. @throws SOURCE_INVALID */
export async function packRelease(
  version: Version,
  after: readonly Version[],
  migrations: readonly ReadyMigration[],
): Promise<PackedRelease> {
  const files = new Map<string, Buffer>()
  const remarks: string[] = []
  const add = async (script: ReadyScript, path: string): Promise<BatchedScript> => {
    const analyzed = await script.analyzed()
    const {sql} = analyzed
    files.set(path, Buffer.from(sql.buffer, sql.byteOffset, sql.length))
    remarks.push(...analyzed.remarks.map((remark) => `${script.file}: ${remark}`))
    return describeScript(path, analyzed)
  }
  const packed: Migration[] = []
  for (const {name, kind, forward, rollback, verify} of migrations) {
    packed.push({
      name,
      kind,
      forward: await add(forward, `${name}.sql`),
      ...(rollback && {rollback: await add(rollback, `${name}.rollback.sql`)}),
      ...(verify && {verify: await add(verify, `${name}.verify.sql`)}),
    })
  }
  const release: Release<BatchedScript> = {version, after, migrations: packed}
  const layer = await packLayer(withoutBatches(release), files)
  return {release, layer, files: files.size, remarks}
}

/** As `release.json` holds it: a newer parser must not change a release's identity. */
function withoutBatches({version, after, migrations}: Release<BatchedScript>): Release {
  return {
    version,
    after,
    migrations: migrations.map(({forward, rollback, verify, ...migration}) => ({
      ...migration,
      forward: bare(forward),
      ...(rollback && {rollback: bare(rollback)}),
      ...(verify && {verify: bare(verify)}),
    })),
  }
}

function bare({batches: _batches, ...script}: BatchedScript): Script {
  return script
}

/** Digests of everything that was ever packed in these releases. */
export function packedDigests(releases: readonly Release[]): Set<Digest> {
  return new Set(
    releases.flatMap(({migrations}) =>
      migrations.flatMap(({forward, rollback, verify}) =>
        [forward, rollback, verify].flatMap((script) => (script ? [script.digest] : [])),
      ),
    ),
  )
}
