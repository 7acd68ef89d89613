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
  const url = urlOf(session.location)
  let tags: readonly string[] = []
  let refused = false
  const read = await tryPart('registry', async () => {
    try {
      tags = await listTags(session)
    } catch (error) {
      refused = isRefusal(error)
      throw error
    }
    if (tags.length === 0) return `${url} answers and is empty: the first push fills it`
    return `${url} answers and has ${tags.length} ${tags.length === 1 ? 'tag' : 'tags'}`
  })
  const status = read.status === 'ok' ? 'ok' : refused ? 'failed' : 'skipped'
  const source: Check = {name: 'credentials', status, message: session.credentials}
  if (read.status === 'failed') return [read, source]
  return [read, source, await checkWrite(session, tags[0])]
}

function isRefusal(error: unknown): boolean {
  if (!isSquizzleError(error)) return false
  return error.code === 'PERMISSION_DENIED' || error.code === 'AUTHENTICATION_REQUIRED'
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
    if (!isRefusal(error)) return skipped(`the registry does not say: ${error.message}`)
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
