import {readFile, stat} from 'node:fs/promises'
import {join} from 'node:path'
import semver from 'semver'
import * as v from 'valibot'
import {SquizzleError} from '../../errors.ts'
import {writeFileWhole} from '../../files/write.ts'
import {oldestOras, orasHint} from './binary.ts'

/** A version, and the binary that said it: another path, size or time of change is another binary. */
const memorySchema = v.object({
  path: v.string(),
  size: v.number(),
  modified: v.number(),
  version: v.string(),
})

/**
 * The version of the binary, asked once and remembered in the folder.
 * @param ask the output of `oras version`.
 * @throws TOOL_MISSING where it is too old or says no version
 */
export async function requireVersion(
  binary: string,
  folder: string,
  ask: () => Promise<string>,
): Promise<string> {
  const {size, mtimeMs: modified} = await stat(binary)
  const memory = join(folder, 'oras.json')
  const known = await recall(memory)
  if (known?.path === binary && known.size === size && known.modified === modified) {
    return known.version
  }
  const version = parseVersionOutput(await ask(), binary)
  // not being able to remember only costs asking again
  await writeFileWhole(memory, JSON.stringify({path: binary, size, modified, version})).catch(
    () => undefined,
  )
  return version
}

/** @throws TOOL_MISSING */
export function parseVersionOutput(output: string, binary: string): string {
  const version = /^Version:\s+v?(\S+)/m.exec(output)?.[1]
  const parsed = semver.parse(version)
  if (version === undefined || parsed === null) {
    throw new SquizzleError('TOOL_MISSING', `${binary} does not say which version of oras it is`, {
      hint: orasHint,
    })
  }
  if (semver.lt(parsed, oldestOras)) {
    throw new SquizzleError('TOOL_MISSING', `${binary} is oras ${version}, which is too old`, {
      hint: orasHint,
      details: {found: version, oldest: oldestOras},
    })
  }
  return version
}

async function recall(path: string): Promise<v.InferOutput<typeof memorySchema> | undefined> {
  try {
    const result = v.safeParse(memorySchema, JSON.parse(await readFile(path, 'utf8')))
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}
