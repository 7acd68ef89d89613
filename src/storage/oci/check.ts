import {isSquizzleError} from '../../errors.ts'
import type {Check} from '../storage.ts'
import {tryPart} from '../transfer/check.ts'
import type {Session} from './session.ts'
import {whileAsking} from './idle.ts'
import {referenceTo, urlOf} from './location.ts'
import {resolve} from './resolve.ts'
import {listTags} from './tag-list.ts'

/** Reads for real; writes only what is there already, so that nothing changes. */
export async function checkRepository(session: Session): Promise<Check[]> {
  const {location, credentials} = session
  let tags: readonly string[] = []
  const read = await tryPart('registry', async () => {
    tags = await listTags(session)
    if (tags.length === 0) return `${urlOf(location)} answers and is empty: the first push fills it`
    return `${urlOf(location)} answers and has ${tags.length} ${tags.length === 1 ? 'tag' : 'tags'}`
  })
  const source: Check = {name: 'credentials', status: read.status, message: credentials}
  if (read.status === 'failed') return [read, source]
  return [read, source, await checkWrite(session, tags[0])]
}

/** Puts a manifest that the repository has in its own place again: that needs the permission to push and moves no tag. */
async function checkWrite(session: Session, tag: string | undefined): Promise<Check> {
  if (tag === undefined) return skipped('only a first push can tell whether one is allowed')
  try {
    const found = await resolve(session, tag)
    if (found === undefined) return skipped(`${tag} went away while it was looked at`)
    await session.run({
      command: ['tag'],
      operands: [referenceTo(session.location, found.digest), found.digest],
      idle: whileAsking,
    })
    return {name: 'push', status: 'ok', message: 'the credentials allow to push'}
  } catch (error) {
    if (!isSquizzleError(error)) throw error
    const denied = error.code === 'PERMISSION_DENIED' || error.code === 'AUTHENTICATION_REQUIRED'
    if (!denied) return skipped(`the registry does not say: ${error.message}`)
    return {
      name: 'push',
      status: 'failed',
      message: 'the credentials allow to pull, not to push',
      ...(error.hint !== undefined && {hint: error.hint}),
    }
  }
}

function skipped(message: string): Check {
  return {name: 'push', status: 'skipped', message}
}
