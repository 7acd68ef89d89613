import * as v from 'valibot'
import type {Descriptor} from '../../artifact/descriptor.ts'
import {isDigest, sha256} from '../../artifact/digest.ts'
import {isTag} from '../../artifact/version.ts'
import {SquizzleError} from '../../errors.ts'
import {descriptorSchema, largestManifest, parseJson} from '../descriptors.ts'
import type {Session} from './session.ts'
import {whileAsking} from './idle.ts'
import {referenceTo, urlOf} from './location.ts'

/** What a tag or digest names; undefined where the registry has no such thing. One HEAD request. */
export async function resolve(
  session: Session,
  reference: string,
): Promise<Descriptor | undefined> {
  if (!isTag(reference) && !isDigest(reference)) return undefined
  const operands = [referenceTo(session.location, reference)]
  const fetch = {command: ['manifest', 'fetch'], operands, idle: whileAsking}
  const outcome = await session.attempt({...fetch, flags: ['--descriptor']})
  if (outcome.ok) return checked(parseDescriptor(outcome.output, session), reference, session)
  const {failure, error} = outcome
  if (failure.kind === 'not-found') return undefined
  // the answer to a HEAD has no words, and with some registries no digest either: a GET has both
  if (!failure.bare && failure.kind !== 'no-digest') throw error
  const again = await session.attempt({
    ...fetch,
    flags: ['--output', '-'],
    largestOutput: largestManifest,
  })
  if (again.ok) return checked(describe(again.output, session), reference, session)
  if (again.failure.kind === 'not-found') return undefined
  throw again.error
}

function parseDescriptor(output: Buffer, {location}: Session): Descriptor {
  const {mediaType, digest, size} = parseJson(
    descriptorSchema,
    output,
    `what oras says of ${urlOf(location)}`,
    'a descriptor',
  )
  return {mediaType, digest, size}
}

const typedSchema = v.object({mediaType: v.string()})

function describe(bytes: Buffer, {location}: Session): Descriptor {
  const {mediaType} = parseJson(typedSchema, bytes, urlOf(location), 'a manifest')
  return {mediaType, digest: sha256(bytes), size: bytes.length}
}

function checked(found: Descriptor, reference: string, {location}: Session): Descriptor {
  if (!isDigest(reference) || found.digest === reference) return found
  throw new SquizzleError('INTEGRITY', `${urlOf(location)} answers with another digest`, {
    hint: 'Try again; if it stays so, the registry or a proxy before it mixes up what it holds.',
    details: {asked: reference, found: found.digest},
  })
}
