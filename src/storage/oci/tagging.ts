import type {Descriptor} from '../../artifact/descriptor.ts'
import type {SquizzleError} from '../../errors.ts'
import type {TagRequest} from '../storage.ts'
import {notFound} from '../transfer/pull.ts'
import {isTagSet} from '../transfer/tags.ts'
import type {Outcome, Session} from './session.ts'
import {whileAsking} from './idle.ts'
import {referenceTo, urlOf} from './location.ts'
import {resolve} from './resolve.ts'

/** A tag to `move` that the registry would not move, and why. */
export interface RefusedTag {
  readonly name: string
  readonly error: SquizzleError
}

/** As `setTags`, for one. @throws also where the registry will not move it */
export async function setTag(
  session: Session,
  manifest: Descriptor,
  request: TagRequest,
): Promise<void> {
  const [refused] = await setTags(session, manifest, [request])
  if (refused !== undefined) throw refused.error
}

/**
 * Names a manifest that the registry has: first the tags to `create`, each looked at just before and just
 * after, for registries have no compare-and-swap; then those to `move`, in one call.
 * @returns the tags that the registry would not move.
 * @throws VERSION_EXISTS, TAG_IMMUTABLE, VERSION_NOT_FOUND where the registry lacks the manifest
 */
export async function setTags(
  session: Session,
  manifest: Descriptor,
  requests: readonly TagRequest[],
): Promise<RefusedTag[]> {
  for (const request of requests) {
    if (request.mode === 'create') await createTag(session, manifest, request)
  }
  const aliases = requests.filter(({mode}) => mode === 'move').map(({name}) => name)
  if (aliases.length === 0 || (await giveNames(session, manifest, aliases)).ok) return []
  const refused: RefusedTag[] = []
  for (const alias of aliases) {
    const error = await moveTag(session, manifest, alias)
    if (error !== undefined) refused.push({name: alias, error})
  }
  return refused
}

async function createTag(
  session: Session,
  manifest: Descriptor,
  request: TagRequest,
): Promise<void> {
  const reference = referenceTo(session.location, request.name)
  const isSet = async () =>
    isTagSet(request, await resolve(session, request.name), manifest, reference)
  if (await isSet()) return
  const outcome = await giveNames(session, manifest, [request.name])
  // also after a refusal: one that forbids to move a tag may mean that another process was faster
  const set = await isSet()
  if (!outcome.ok && !set) throw explainNaming(outcome, session, manifest)
  if (!set) throw notFound(urlOf(session.location), manifest)
}

/** @returns why the registry does not move the tag; undefined where it names the manifest now. */
async function moveTag(
  session: Session,
  manifest: Descriptor,
  alias: string,
): Promise<SquizzleError | undefined> {
  const outcome = await giveNames(session, manifest, [alias])
  if (outcome.ok || (await resolve(session, alias))?.digest === manifest.digest) return undefined
  // who may push and may not move is told so by some registries in the words of a missing permission
  const refusals = ['immutable', 'denied', 'unsupported']
  if (refusals.includes(outcome.failure.kind)) return outcome.error
  throw explainNaming(outcome, session, manifest)
}

function giveNames(
  session: Session,
  {digest}: Descriptor,
  tags: readonly string[],
): Promise<Outcome> {
  return session.attempt({
    command: ['tag'],
    operands: [referenceTo(session.location, digest), ...tags],
    idle: whileAsking,
  })
}

function explainNaming(
  outcome: Extract<Outcome, {ok: false}>,
  {location}: Session,
  manifest: Descriptor,
): SquizzleError {
  return outcome.failure.kind === 'not-found' ? notFound(urlOf(location), manifest) : outcome.error
}
