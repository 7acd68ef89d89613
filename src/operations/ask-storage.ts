import {isSquizzleError} from '../errors.ts'
import type {Version} from '../artifact/version.ts'
import type {Storage} from '../storage/storage.ts'
import {catalogueOf, type Catalogue} from './catalogue.ts'
import {rememberedShelf, storageShelf} from './shelves.ts'
import type {Context} from './context.ts'

interface AskInput {
  readonly offline: boolean
  readonly base?: Version | undefined
}

/**
 * What the storage has. One that can't be asked is an error, unless the caller knows the base anyway: silence must
 * never become a "first release".
 */
export async function askStorage(
  context: Context,
  storage: Storage,
  {offline, base}: AskInput,
  warnings: string[],
): Promise<Catalogue> {
  const remembered = (): Catalogue => catalogueOf(rememberedShelf(context, storage))
  if (offline) return remembered()
  const asked = catalogueOf(storageShelf(context, storage))
  try {
    await asked.tagged()
    return asked
  } catch (error) {
    const cannotBeAsked = isSquizzleError(error) && error.exitCode === 3
    if (!cannotBeAsked || base === undefined) throw error
    warnings.push(`${error.message}; what other versions release was not checked`)
    return remembered()
  }
}
