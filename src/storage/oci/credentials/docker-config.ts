import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import * as v from 'valibot'
import {hasErrno, SquizzleError} from '../../../errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What `docker login` left, as far as it says where credentials are. */
export interface DockerConfig {
  readonly path: string
  /** The registries that somebody logged in to. */
  readonly logins: readonly string[]
  readonly credsStore?: string | undefined
  readonly credHelpers: Readonly<Record<string, string>>
}

const schema = v.object({
  auths: v.nullish(v.record(v.string(), v.unknown()), {}),
  credsStore: v.nullish(v.string()),
  credHelpers: v.nullish(v.record(v.string(), v.string()), {}),
})

/** Where Docker keeps it; undefined where there is no home folder. */
export function dockerConfigPath(env: Environment): string | undefined {
  const folder = env['DOCKER_CONFIG']
  if (folder !== undefined && folder !== '') return join(folder, 'config.json')
  const home = env['HOME'] ?? env['USERPROFILE']
  return home === undefined || home === '' ? undefined : join(home, '.docker', 'config.json')
}

/** Reads it; undefined where there is none. @throws CONFIG_INVALID, saying nothing of what is in it */
export async function readDockerConfig(env: Environment): Promise<DockerConfig | undefined> {
  const path = dockerConfigPath(env)
  if (path === undefined) return undefined
  try {
    const {auths, credsStore, credHelpers} = v.parse(
      schema,
      JSON.parse(await readFile(path, 'utf8')),
    )
    return {
      path,
      logins: Object.keys(auths ?? {}),
      credsStore: credsStore === '' ? undefined : (credsStore ?? undefined),
      credHelpers: credHelpers ?? {},
    }
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw new SquizzleError('CONFIG_INVALID', `${path} cannot be read as Docker's configuration`, {
      hint: 'Correct it, or run `docker login` again.',
      details: {path},
    })
  }
}
