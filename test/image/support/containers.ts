import {join} from 'node:path'
import {run, type Outcome} from '../../support/run.ts'
import {tool} from '../../support/services.ts'

/** Environment in which podman and buildah use the storage that the scripts made. */
export function containersEnv(): NodeJS.ProcessEnv {
  const folder = tool('containers')
  return {
    ...process.env,
    CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
    CONTAINERS_CONF: join(folder, 'containers.conf'),
  }
}

/** Arguments that have no space. */
export function words(text: string): string[] {
  return text.split(' ')
}

export function podman(...args: readonly string[]): Promise<Outcome> {
  return run('podman', args, {env: containersEnv()})
}

/** As `podman`, for what must succeed: what it printed. */
export async function podmanOk(...args: readonly string[]): Promise<string> {
  const {exitCode, stdout, stderr} = await podman(...args)
  if (exitCode !== 0) throw new Error(`podman ${args.join(' ')} ended with ${exitCode}\n${stderr}`)
  return stdout.trim()
}

export interface ContainerOptions {
  /** More options of `podman run`. */
  readonly options?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Folders and files of this machine, by their place in the container; all of them read-only but /workspace. */
  readonly mounts?: Readonly<Record<string, string>>
}

/** Runs the image as a pipeline would, the servers of this machine in reach. */
export function runImage(
  image: string,
  command: string,
  options: ContainerOptions = {},
): Promise<Outcome> {
  return podman(...runArguments(image, command, options))
}

export async function runImageOk(
  image: string,
  command: string,
  options: ContainerOptions = {},
): Promise<string> {
  return podmanOk(...runArguments(image, command, options))
}

function runArguments(
  image: string,
  command: string,
  {options = [], env = {}, mounts = {}}: ContainerOptions,
): string[] {
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const volumes = Object.entries(mounts).flatMap(([place, path]) => [
    '--volume',
    `${path}:${place}${place === '/workspace' ? '' : ':ro'}`,
  ])
  return [
    'run',
    '--rm',
    '--pull=never',
    ...variables,
    ...volumes,
    ...options,
    image,
    ...words(command),
  ]
}
