import type {Descriptor} from '../../artifact/descriptor.ts'
import type {BlobProgress} from '../storage.ts'

/** What is told of a blob that oras says nothing of. Whoever wrote the manifest wrote the title: it may be anything. */
export function progressOf(
  {digest, size, mediaType, annotations}: Descriptor,
  state: BlobProgress['state'],
): BlobProgress {
  const title: unknown = annotations?.['org.opencontainers.image.title']
  return {digest, size, state, title: typeof title === 'string' ? title : mediaType}
}
