import type {Digest} from '../../artifact/digest.ts'
import {isSquizzleError, SquizzleError} from '../../errors.ts'
import {referenceTo, type Location} from './location.ts'
import {resolve} from './resolve.ts'
import type {Session} from './session.ts'
import {listTags} from './tag-list.ts'
import type {TagMemory} from './tag-memory.ts'
import {deleteManifest, untag} from './tombstone.ts'

/**
 * Takes a tag away, and with the last one the manifest.
 * @throws USAGE where the registry deletes nothing for its clients
 */
export async function removeTag(session: Session, tag: string, memory: TagMemory): Promise<void> {
  const found = await resolve(session, tag)
  if (found === undefined) return
  const shared = await isShared(session, tag, found.digest, memory)
  try {
    await (shared ? untag(session, tag) : deleteManifest(session, found.digest))
  } catch (error) {
    if (!isSquizzleError(error)) throw error
    if (error.code === 'USAGE') throw notHere(session.location, tag, error)
    throw error.code === 'PERMISSION_DENIED' ? orForGood(session.location, error) : error
  }
}

/** Whether another tag names the manifest. A clean-up has asked for all of them before: once is enough. */
async function isShared(
  session: Session,
  tag: string,
  digest: Digest,
  memory: TagMemory,
): Promise<boolean> {
  const others = (await listTags(session)).filter((other) => other !== tag)
  const known = others.map((other) => memory.recall(other))
  if (known.includes(digest)) return true
  if (!known.includes(undefined)) return false
  return (await listTags(session, digest)).some((other) => other !== tag)
}

function notHere(location: Location, tag: string, cause: SquizzleError): SquizzleError {
  const {registry} = location
  return new SquizzleError(
    'USAGE',
    `${registry} does not delete ${referenceTo(location, tag)} for its clients`,
    {hint: elsewhere(registry), details: {tag}, cause},
  )
}

/** A registry whose tags are immutable answers as one does that these credentials may not delete in. */
function orForGood({registry}: Location, error: SquizzleError): SquizzleError {
  const {message, hint = '', details, cause} = error
  const more = `Or it may keep its tags for good: ${elsewhere(registry)}`
  return new SquizzleError(error.code, message, {hint: `${hint}\n${more}`, details, cause})
}

/** Where a registry that refuses DELETE has its own way. */
function elsewhere(registry: string): string {
  if (registry === 'ghcr.io') {
    return "Delete it in the package's settings, or in a workflow with actions/delete-package-versions."
  }
  if (registry === 'docker.io') return "Delete it on the repository's page of hub.docker.com."
  if (registry.includes('.dkr.ecr')) {
    return 'Use `aws ecr batch-delete-image`, or a lifecycle policy.'
  }
  if (/(?:^|\.)gcr\.io$|\.pkg\.dev$/.test(registry)) {
    return 'Use `gcloud artifacts docker images delete --delete-tags`, or a cleanup policy.'
  }
  return "Switch deleting on in the registry (distribution: storage.delete.enabled), or use the registry's own interface."
}
