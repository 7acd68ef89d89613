import {SquizzleError} from '../../../errors.ts'
import {findOnPath} from '../binary.ts'
import type {OciConfig} from '../config.ts'
import type {Location} from '../location.ts'
import {awsLogin} from './aws.ts'
import {cloudOf} from './cloud.ts'
import {credentialKey, type Credentials} from './credentials.ts'
import {readDockerConfig, type DockerConfig} from './docker-config.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The credentials for a registry, the first of: the environment, the configuration, what `docker login` left,
 * the registry's cloud. The first two go to this registry and to no other.
 * @throws CONFIG_INVALID, AUTHENTICATION_REQUIRED
 */
export async function findCredentials(
  {registry}: Location,
  auth: OciConfig['auth'],
  env: Environment,
  signal: AbortSignal,
): Promise<Credentials> {
  const written =
    loginOf('OCI_USERNAME and OCI_PASSWORD', env['OCI_USERNAME'], env['OCI_PASSWORD']) ??
    loginOf('auth in the configuration', auth?.username, auth?.password)
  if (written !== undefined) {
    const username = written.username ?? defaultUsername(registry, env)
    if (username === undefined) throw withoutUsername(written.source, registry)
    if (username.includes(':')) throw colonInUsername(written.source)
    return {source: written.source, login: {username, password: written.password}, helpers: []}
  }
  const docker = await readDockerConfig(env)
  const left = docker && leftByDocker(docker, registry)
  return left?.certain ? left : fromCloud(registry, env, left, signal)
}

function loginOf(source: string, username: string | undefined, password: string | undefined) {
  // a file with a secret mostly ends with a line break that is no part of it
  const secret = password?.replace(/\r?\n$/, '')
  if (secret === undefined || secret === '') return undefined
  return {source, username: username === '' ? undefined : username, password: secret}
}

/** GitHub looks at the token alone. */
function defaultUsername(registry: string, env: Environment): string | undefined {
  return registry === 'ghcr.io' ? env['GITHUB_ACTOR'] || 'token' : undefined
}

/** Where a configuration of Docker's leads to. Not certain: a store for all registries may have nothing for this one. */
function leftByDocker(
  {path, logins, credsStore, credHelpers}: DockerConfig,
  registry: string,
): (Credentials & {readonly certain: boolean}) | undefined {
  const key = credentialKey(registry)
  const helper = credHelpers[key]
  const known = logins.some((login) => login === key || hostOfLogin(login) === registry)
  if (helper !== undefined) {
    const source = `docker-credential-${helper}, named by ${path}`
    return {source, helpers: [helper], certain: true}
  }
  if (credsStore !== undefined) {
    const source = `docker-credential-${credsStore}, named by ${path}`
    return {source, helpers: [credsStore], certain: known}
  }
  return known ? {source: path, helpers: [], certain: true} : undefined
}

/** `https://host/v1/` and `host` are the same login. */
function hostOfLogin(login: string): string {
  return login.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
}

/** What a cloud's own tools on PATH know, where Docker's configuration knows nothing for sure. */
async function fromCloud(
  registry: string,
  env: Environment,
  left: Credentials | undefined,
  signal: AbortSignal,
): Promise<Credentials> {
  const cloud = cloudOf(registry)
  const otherwise = left ?? {source: 'none (anonymous)', helpers: []}
  if (cloud === undefined) return otherwise
  for (const helper of cloud.helpers) {
    const path = await findOnPath(`docker-credential-${helper}`, env)
    if (path === undefined) continue
    return {source: path, fallback: helper, helpers: [...otherwise.helpers, helper]}
  }
  const aws = cloud.awsRegion === undefined ? undefined : await findOnPath('aws', env)
  if (aws === undefined || cloud.awsRegion === undefined) return otherwise
  const login = await awsLogin(aws, cloud.awsRegion, env, signal)
  return {source: `aws ecr get-login-password (${aws})`, login, helpers: []}
}

function withoutUsername(source: string, registry: string): SquizzleError {
  return new SquizzleError('CONFIG_INVALID', `${source} has a password but no user name`, {
    hint: `${registry} wants both.`,
  })
}

function colonInUsername(source: string): SquizzleError {
  return new SquizzleError('CONFIG_INVALID', `the user name of ${source} has a colon in it`, {
    hint: 'A registry takes what follows a colon for the password.',
  })
}
