import {SquizzleError} from '../../errors.ts'
import type {Session} from './session.ts'
import {whileAsking} from './idle.ts'
import type {Location} from './location.ts'
import {referenceTo} from './location.ts'
import {resolve} from './resolve.ts'
import {listTags} from './tag-list.ts'

/**
 * Takes a tag away by deleting its manifest, which is all that oras can do. Every tag of that manifest goes with
 * it, so that one that shares it is refused.
 * @throws USAGE where another tag names the same artifact, or where the registry deletes nothing this way
 */
export async function removeTag(session: Session, tag: string): Promise<void> {
  const found = await resolve(session, tag)
  if (found === undefined) return
  const {location} = session
  const others = (await listTags(session, found.digest)).filter((other) => other !== tag)
  if (others.length > 0) throw shared(location, tag, others)
  const outcome = await session.attempt({
    command: ['manifest', 'delete'],
    flags: ['--force'],
    operands: [referenceTo(location, found.digest)],
    idle: whileAsking,
  })
  if (outcome.ok || outcome.failure.kind === 'not-found') return
  if (outcome.failure.kind === 'unsupported') throw notHere(location, tag, outcome.error)
  throw outcome.error
}

function shared(location: Location, tag: string, others: readonly string[]): SquizzleError {
  const names = others.join(', ')
  return new SquizzleError(
    'USAGE',
    `${referenceTo(location, tag)} cannot be removed alone: ${names} names the same artifact`,
    {
      hint: `${location.registry} deletes an artifact with all its tags. Move ${names} first.`,
      details: {tag, others},
    },
  )
}

function notHere(location: Location, tag: string, cause: SquizzleError): SquizzleError {
  return new SquizzleError(
    'USAGE',
    `${location.registry} does not delete ${referenceTo(location, tag)} for its clients`,
    {hint: elsewhere(location.registry), details: {tag}, cause},
  )
}

/** Where a registry that refuses DELETE has its own way. */
function elsewhere(registry: string): string {
  if (registry === 'ghcr.io') {
    return "Delete it in the package's settings, or in a workflow with actions/delete-package-versions."
  }
  if (registry === 'docker.io') return "Delete it on the repository's page of hub.docker.com."
  if (registry.includes('.dkr.ecr'))
    return 'Use `aws ecr batch-delete-image`, or a lifecycle policy.'
  return "Switch deleting on in the registry (distribution: storage.delete.enabled), or use the registry's own interface."
}
