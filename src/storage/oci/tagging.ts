import type {Descriptor} from '../../artifact/descriptor.ts'
import {SquizzleError} from '../../errors.ts'
import type {TagRequest} from '../storage.ts'
import {notFound} from '../transfer/pull.ts'
import type {FailureKind} from './failure.ts'
import {whileAsking} from './idle.ts'
import {referenceTo, urlOf} from './location.ts'
import {resolve} from './resolve.ts'
import type {Outcome, Session} from './session.ts'
import {unsetTags} from './tag-state.ts'

/** A tag to `move` that the registry would not move, and why. */
export interface RefusedTag {
  readonly name: string
  readonly error: SquizzleError
}

/**
 * Names a manifest that the registry has: first the tags to `create`, then those to `move`.
 * @returns the tags that the registry would not move.
 * @throws VERSION_EXISTS, TAG_IMMUTABLE, VERSION_NOT_FOUND where the registry lacks the manifest
 */
export async function setTags(
  session: Session,
  manifest: Descriptor,
  requests: readonly TagRequest[],
): Promise<RefusedTag[]> {
  const namesOf = (mode: TagRequest['mode']) =>
    requests.filter((request) => request.mode === mode).map(({name}) => name)
  await createTags(session, manifest, namesOf('create'))
  return moveTags(session, manifest, namesOf('move'))
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

/** Looks just before and just after: registries have no compare-and-swap. */
async function createTags(
  session: Session,
  manifest: Descriptor,
  names: readonly string[],
): Promise<void> {
  const unset = await unsetTags(session, manifest, names)
  if (unset.length === 0) return
  const outcome = await giveNames(session, manifest, unset)
  // also after a refusal: one that forbids to move a tag may mean that another process was faster
  const [left] = await unsetTags(session, manifest, unset)
  if (left === undefined) return
  if (!outcome.ok) throw explainNaming(outcome, session, manifest)
  throw vanished(referenceTo(session.location, left))
}

async function moveTags(
  session: Session,
  manifest: Descriptor,
  names: readonly string[],
): Promise<RefusedTag[]> {
  if (names.length === 0 || (await giveNames(session, manifest, names)).ok) return []
  const refused: RefusedTag[] = []
  for (const name of names) {
    const error = await moveTag(session, manifest, name)
    if (error !== undefined) refused.push({name, error})
  }
  return refused
}

/** Some registries say that a tag may not move in the words of a missing permission. */
const refusals: ReadonlySet<FailureKind> = new Set(['immutable', 'denied', 'unsupported'])

/** @returns why the registry does not move the tag; undefined where it names the manifest now. */
async function moveTag(
  session: Session,
  manifest: Descriptor,
  name: string,
): Promise<SquizzleError | undefined> {
  const outcome = await giveNames(session, manifest, [name])
  if (outcome.ok) return undefined
  if (!refusals.has(outcome.failure.kind)) throw explainNaming(outcome, session, manifest)
  // an immutable tag is refused even where it stays what it is
  const found = await resolve(session, name)
  return found?.digest === manifest.digest ? undefined : outcome.error
}

function giveNames(
  session: Session,
  {digest}: Descriptor,
  names: readonly string[],
): Promise<Outcome> {
  return session.attempt({
    command: ['tag'],
    operands: [referenceTo(session.location, digest), ...names],
    idle: whileAsking,
  })
}

function explainNaming(
  {failure, error}: Extract<Outcome, {ok: false}>,
  {location}: Session,
  manifest: Descriptor,
): SquizzleError {
  return failure.kind === 'not-found' ? notFound(urlOf(location), manifest) : error
}

function vanished(reference: string): SquizzleError {
  return new SquizzleError('INTEGRITY', `${reference} was set, and is not there`, {
    hint: 'Try again; if it stays so, the registry loses what it takes.',
    details: {reference},
  })
}
