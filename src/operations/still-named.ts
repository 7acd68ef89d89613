import type {ReleaseIdentity} from '../artifact/release.ts'
import type {Version} from '../artifact/version.ts'
import {isSquizzleError} from '../errors.ts'
import {choose, referenceOf} from './choose.ts'
import type {Context} from './context.ts'

/** What `apply` would take, where that has what was just rolled back. */
export interface StillNamed {
  readonly reference: string
  /** The tag that leads there, where one does. */
  readonly tag?: string
  /** Why that one: `the target of production`. */
  readonly why?: string
  /** Of the releases rolled back, those that it has. */
  readonly versions: readonly Version[]
}

/**
 * Whether the next `apply` would bring back what was rolled back. A storage that can't be asked is said, and no failure:
 * the rollback is done.
 */
export async function stillNamed(
  context: Context,
  undone: readonly ReleaseIdentity[],
  offline: boolean,
): Promise<StillNamed | undefined> {
  try {
    const chosen = await choose(context, undefined, {offline})
    const {releases} = chosen.artifact.config
    const versions = undone
      .filter(({version, diffId}) =>
        releases.some((entry) => entry.version === version && entry.diffId === diffId),
      )
      .map(({version}) => version)
    if (versions.length === 0) return undefined
    return {
      reference: referenceOf(await context.storage(), chosen),
      ...(chosen.tag !== undefined && {tag: chosen.tag}),
      ...(chosen.why !== undefined && {why: chosen.why}),
      versions,
    }
  } catch (error) {
    if (!isSquizzleError(error)) throw error
    if (error.code === 'VERSION_NOT_FOUND') return undefined
    const text = `whether the next apply would bring it back could not be asked: ${error.message}`
    await context.report({type: 'warning', text})
    return undefined
  }
}
