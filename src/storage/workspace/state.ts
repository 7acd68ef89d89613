import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import * as v from 'valibot'
import {isVersion, type Version} from '../../artifact/version.ts'
import {hasErrno, SquizzleError} from '../../errors.ts'
import {withLockFile} from '../../files/lock.ts'
import {explainReadError} from '../../files/read.ts'
import {writeFileWhole} from '../../files/write.ts'
import {descriptorSchema, digestSchema, parseJson} from '../descriptors.ts'

/** Milliseconds: the state is read and written in far less, so a machine that holds it longer is gone. */
const abandonedAfter = 60_000

const newest = 1

/** Loose throughout: what a newer squizzle adds is kept. */
const buildSchema = v.looseObject({
  version: v.custom<Version>(
    (value) => typeof value === 'string' && isVersion(value),
    'no version',
  ),
  manifest: descriptorSchema,
  origin: v.picklist(['build', 'import']),
  pushedTo: v.array(v.string()),
})

const stateSchema = v.looseObject({
  schemaVersion: v.literal(newest),
  storages: v.optional(
    v.record(v.string(), v.looseObject({tags: v.record(v.string(), digestSchema)})),
    {},
  ),
  builds: v.optional(v.array(buildSchema), []),
})

/**
 * What a workspace remembers (`config.json`): by storage url and tag the digest last seen there, and
 * the builds and imports made here.
 */
export type WorkspaceState = v.InferOutput<typeof stateSchema>

const emptyState: WorkspaceState = {schemaVersion: newest, storages: {}, builds: []}

export function statePath(workspace: string): string {
  return join(workspace, 'config.json')
}

/**
 * @param workspace the folder that holds `cache/` and `config.json`: `.squizzle`.
 * @throws INTEGRITY where the file is damaged: it is never made anew in silence, for it lists builds that
 *   may be nowhere else; UNSUPPORTED_FORMAT where a newer squizzle wrote it
 */
export async function readState(workspace: string): Promise<WorkspaceState> {
  const path = statePath(workspace)
  const text = await readText(path)
  if (text === undefined) return emptyState
  try {
    const {schemaVersion} = parseJson(numbered, text, path, 'the state of a workspace')
    if (schemaVersion > newest) throw tooNew(path)
    return parseJson(stateSchema, text, path, 'the state of a workspace')
  } catch (error) {
    throw lossy(error, path)
  }
}

/** Changes the state while no other process does. The same object returned means nothing to write. */
export async function changeState(
  workspace: string,
  change: (state: WorkspaceState) => WorkspaceState | Promise<WorkspaceState>,
): Promise<void> {
  await withStateLock(workspace, async () => {
    const state = await readState(workspace)
    const changed = await change(state)
    if (changed !== state) await writeState(workspace, changed)
  })
}

/** Runs the work while no other process changes the state. @throws LOCK_TIMEOUT, NOT_WRITABLE */
export async function withStateLock<T>(workspace: string, work: () => Promise<T>): Promise<T> {
  return withLockFile(`${statePath(workspace)}.lock`, work, {abandonedAfter})
}

export async function writeState(workspace: string, state: WorkspaceState): Promise<void> {
  await writeFileWhole(statePath(workspace), `${JSON.stringify(state, null, 2)}\n`)
}

const numbered = v.object({schemaVersion: v.pipe(v.number(), v.integer())})

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw explainReadError(error, path)
  }
}

function tooNew(path: string): SquizzleError {
  return new SquizzleError('UNSUPPORTED_FORMAT', `${path} was written by a newer squizzle`, {
    hint: 'Use that squizzle, or another folder with SQUIZZLE_CACHE_DIR.',
    details: {path},
  })
}

function lossy(error: unknown, path: string): unknown {
  if (!(error instanceof SquizzleError) || error.code !== 'INTEGRITY') return error
  return new SquizzleError('INTEGRITY', error.message, {
    hint: `It lists the builds that were not pushed yet: repair ${path}, or give them up with \`squizzle cache clear --force\`.`,
    details: error.details,
    cause: error,
  })
}
