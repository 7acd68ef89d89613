import {realpath} from 'node:fs/promises'
import {basename, dirname, join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {hasErrno, SquizzleError} from '../../errors.ts'

/**
 * The folder that a `file:` URL names. `file://` is a URL with its escapes; what people type and what
 * a storage calls itself, `file:./folder` and `file:/folder`, is the path as it is.
 * @throws CONFIG_INVALID
 */
export function pathOfUrl(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined
  if (!url.startsWith('file://')) return url.slice('file:'.length)
  try {
    return fileURLToPath(url)
  } catch (cause) {
    throw new SquizzleError('CONFIG_INVALID', `${url} names no folder of this machine`, {
      hint: 'Write file:./folder, file:/folder or file:///folder.',
      cause,
    })
  }
}

/** The one absolute path of a folder that need not exist yet: two ways to one place have one name. */
export async function canonicalPath(root: string, path: string): Promise<string> {
  return realOrParent(resolve(root, path))
}

async function realOrParent(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    const parent = dirname(path)
    if (parent === path || !hasErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return path
    return join(await realOrParent(parent), basename(path))
  }
}
