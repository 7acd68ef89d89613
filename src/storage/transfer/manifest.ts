import {parseManifest} from '../../artifact/manifest.ts'
import {isSquizzleError} from '../../errors.ts'

/** Whether bytes are the manifest of an artifact: a digest may name anything that is kept there. */
export function isArtifact(bytes: Buffer): boolean {
  try {
    parseManifest(bytes)
    return true
  } catch (error) {
    if (isSquizzleError(error)) return false
    throw error
  }
}
