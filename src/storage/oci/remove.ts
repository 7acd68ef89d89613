import {isSquizzleError, SquizzleError} from '../../errors.ts'
import {referenceTo, type Location} from './location.ts'
import {resolve} from './resolve.ts'
import type {Session} from './session.ts'
import {listTags} from './tag-list.ts'
import {deleteManifest, untag} from './tombstone.ts'

/**
 * Takes a tag away, and with the last one the manifest.
 * @throws USAGE where the registry deletes nothing for its clients
 */
export async function removeTag(session: Session, tag: string): Promise<void> {
  const found = await resolve(session, tag)
  if (found === undefined) return
  const shared = (await listTags(session, found.digest)).some((other) => other !== tag)
  try {
    await (shared ? untag(session, tag) : deleteManifest(session, found.digest))
  } catch (error) {
    const unsupported = isSquizzleError(error) && error.code === 'USAGE'
    throw unsupported ? notHere(session.location, tag, error) : error
  }
}

function notHere(location: Location, tag: string, cause: SquizzleError): SquizzleError {
  const {registry} = location
  return new SquizzleError(
    'USAGE',
    `${registry} does not delete ${referenceTo(location, tag)} for its clients`,
    {hint: elsewhere(registry), details: {tag}, cause},
  )
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
