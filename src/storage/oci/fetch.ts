import type {Descriptor} from '../../artifact/descriptor.ts'
import {sha256} from '../../artifact/digest.ts'
import {limits} from '../../artifact/limits.ts'
import {SquizzleError} from '../../errors.ts'
import {largestManifest} from '../descriptors.ts'
import {notFound} from '../transfer/pull.ts'
import type {Session} from './session.ts'
import {whileAsking} from './idle.ts'
import {referenceTo, urlOf} from './location.ts'

/** A manifest's bytes, checked. @throws VERSION_NOT_FOUND, INTEGRITY */
export async function fetchManifest(session: Session, manifest: Descriptor): Promise<Buffer> {
  return fetchBytes(session, 'manifest', manifest, largestManifest)
}

/** A config's bytes, checked. @throws INTEGRITY also where the registry lacks it, TOO_LARGE */
export async function fetchConfig(session: Session, config: Descriptor): Promise<Buffer> {
  if (config.size > limits.config) {
    throw new SquizzleError('TOO_LARGE', `the config ${config.digest} has ${config.size} bytes`, {
      hint: 'A config has 16 MiB at most: this is no artifact of squizzle.',
    })
  }
  return fetchBytes(session, 'blob', config, limits.config)
}

async function fetchBytes(
  session: Session,
  kind: 'manifest' | 'blob',
  {digest, size, mediaType}: Descriptor,
  largest: number,
): Promise<Buffer> {
  const outcome = await session.attempt({
    command: [kind, 'fetch'],
    flags: ['--output', '-'],
    operands: [referenceTo(session.location, digest)],
    largestOutput: largest,
    idle: whileAsking,
  })
  const url = urlOf(session.location)
  if (!outcome.ok) {
    if (outcome.failure.kind !== 'not-found') throw outcome.error
    if (kind === 'manifest') throw notFound(url, {digest, size, mediaType})
    throw lacks(url, digest, outcome.error.cause)
  }
  // oras says that it has checked them; it may be another program
  if (outcome.output.length === size && sha256(outcome.output) === digest) return outcome.output
  throw new SquizzleError('INTEGRITY', `what came for ${digest} is something else`, {
    hint: 'Check that `oras` is the real one (SQUIZZLE_ORAS), and try again.',
    details: {digest, size, found: outcome.output.length},
  })
}

/** What a manifest names must be there with it. */
export function lacks(url: string, digest: string, cause: unknown): SquizzleError {
  return new SquizzleError('INTEGRITY', `${url} has lost the blob ${digest}`, {
    hint: 'Push the version again from where it is whole.',
    details: {digest, storage: url},
    cause,
  })
}
