import type {Descriptor} from '../../artifact/descriptor.ts'
import {inParallel} from '../transfer/parallel.ts'
import {isTagSet} from '../transfer/tags.ts'
import {referenceTo} from './location.ts'
import {resolve} from './resolve.ts'
import type {Session} from './session.ts'
import {listTags} from './tag-list.ts'

/** Tags up to which each is asked for; for more, lists say most of it. */
const few = 3

/** Processes at a time, each of which asks for one tag. */
const atOnce = 4

/**
 * Of tags to create, those that name nothing yet; the others name the manifest already.
 * @throws VERSION_EXISTS where one names other content
 */
export async function unsetTags(
  session: Session,
  manifest: Descriptor,
  names: readonly string[],
): Promise<string[]> {
  const found = await lookUp(session, manifest, names)
  return names.filter((name) => {
    const reference = referenceTo(session.location, name)
    return !isTagSet({name, mode: 'create'}, found.get(name), manifest, reference)
  })
}

async function lookUp(
  session: Session,
  manifest: Descriptor,
  names: readonly string[],
): Promise<ReadonlyMap<string, Descriptor | undefined>> {
  const found = new Map<string, Descriptor | undefined>()
  let unknown = names
  if (names.length > few) {
    const there = new Set(await listTags(session))
    const same = new Set(await listTags(session, manifest.digest))
    for (const name of names) if (same.has(name)) found.set(name, manifest)
    unknown = names.filter((name) => there.has(name) && !same.has(name))
  }
  await inParallel(unknown, atOnce, async (name) => {
    found.set(name, await resolve(session, name))
  })
  return found
}
