import {access, constants, stat} from 'node:fs/promises'
import {delimiter, isAbsolute, join, resolve} from 'node:path'
import {SquizzleError} from '../../errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The oldest oras that does what is asked of it here; it fixed cp between registries of differing credentials. */
export const oldestOras = '1.3.1'

export const orasHint = `Install oras ${oldestOras} or newer (https://oras.land/docs/installation), or name it with SQUIZZLE_ORAS.`

/**
 * Where `oras` is: `SQUIZZLE_ORAS`, else the first on PATH.
 * @param root what a relative `SQUIZZLE_ORAS` is relative to.
 * @throws TOOL_MISSING
 */
export async function findOras(env: Environment, root: string): Promise<string> {
  const named = env['SQUIZZLE_ORAS']
  if (named !== undefined && named !== '') {
    const path = resolve(root, named)
    if (await isProgram(path)) return path
    throw new SquizzleError('TOOL_MISSING', `SQUIZZLE_ORAS names ${path}, which is no program`, {
      hint: orasHint,
    })
  }
  const found = await findOnPath('oras', env)
  if (found !== undefined) return found
  throw new SquizzleError('TOOL_MISSING', 'oras was not found on PATH', {hint: orasHint})
}

/** A program's absolute path. Never one in the working folder: an entry of PATH that is relative is passed over. */
export async function findOnPath(name: string, env: Environment): Promise<string | undefined> {
  const file = process.platform === 'win32' ? `${name}.exe` : name
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, file)
    if (isAbsolute(folder) && (await isProgram(path))) return path
  }
  return undefined
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
