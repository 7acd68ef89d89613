import * as v from 'valibot'
import type {Digest} from '../../artifact/digest.ts'
import {isTag} from '../../artifact/version.ts'
import {parseJson} from '../descriptors.ts'
import type {Session} from './session.ts'
import {whileAsking} from './idle.ts'
import {referenceTo, urlOf} from './location.ts'

/** Bytes: a hundred thousand tags, which is more than registries keep. */
const largestList = 16 * 1024 * 1024

const schema = v.object({tags: v.nullish(v.array(v.string()), [])})

/**
 * The repository's tags, page after page of them. None where the registry says that it has no such repository;
 * any other "not found" is an error, or an address that is wrong would read as an empty repository.
 * @param digest only the tags that name it: the registry is asked for each.
 */
export async function listTags(session: Session, digest?: Digest): Promise<string[]> {
  const {location} = session
  const outcome = await session.attempt({
    command: ['repo', 'tags'],
    flags: ['--format', 'json'],
    operands: [
      digest === undefined
        ? `${location.registry}/${location.repository}`
        : referenceTo(location, digest),
    ],
    largestOutput: largestList,
    idle: whileAsking,
  })
  if (outcome.ok) {
    const where = `what oras says of ${urlOf(location)}`
    return (parseJson(schema, outcome.output, where, 'a list of tags').tags ?? []).filter(isTag)
  }
  const {failure, error} = outcome
  if (failure.kind === 'repository-unknown') return []
  if (failure.kind !== 'not-found') throw error
  // a registry has a word for a repository that it lacks; whoever answers without it is something else
  if (digest === undefined) throw session.explain({...failure, kind: 'not-a-registry'})
  return []
}
