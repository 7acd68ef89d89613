import {rename, rm} from 'node:fs/promises'
import type {Digest} from '../../artifact/digest.ts'
import {hasErrno} from '../../errors.ts'
import {temporaryPath} from '../../files/write.ts'
import {checkBlob} from './read.ts'

/**
 * Takes a damaged blob away. Another process may have put an intact one there in the meantime: it is
 * looked at once more where nobody else can change it, and goes back if it is good.
 */
export async function takeAwayDamaged(path: string, digest: Digest): Promise<void> {
  const aside = temporaryPath(path)
  try {
    await rename(path, aside)
    if ((await checkBlob(aside, {digest})) === 'intact') await rename(aside, path)
    else await rm(aside, {recursive: true, force: true})
  } catch (error) {
    // a damaged blob that cannot be moved still counts as absent
    if (!hasErrno(error, 'ENOENT', 'EACCES', 'EPERM', 'EROFS')) throw error
  }
}
