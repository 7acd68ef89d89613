import {chmod, mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {tool} from '../../../support/services.ts'

/** Writes a shell script that is started by its name. */
export async function writeProgram(folder: string, name: string, body: string): Promise<string> {
  const path = join(folder, name)
  await mkdir(folder, {recursive: true})
  await writeFile(path, `#!/bin/sh\n${body}\n`)
  await chmod(path, 0o755)
  return path
}

/** An `oras` that writes down how it is started and then is the real one. */
export interface Witness {
  readonly path: string
  /** The arguments of each start. */
  readonly starts: () => Promise<string[][]>
  /** The environment of all starts. */
  readonly environment: () => Promise<string>
  readonly forget: () => Promise<void>
}

export async function witnessOras(folder: string): Promise<Witness> {
  const args = join(folder, 'starts')
  const environment = join(folder, 'environment')
  const path = await writeProgram(
    folder,
    'oras',
    `{ for one in "$@"; do printf '%s\\037' "$one"; done; printf '\\n'; } >> '${args}'
/usr/bin/env >> '${environment}'
exec '${tool('oras')}' "$@"`,
  )
  return {
    path,
    async starts() {
      const lines = (await textOf(args)).split('\n').slice(0, -1)
      return lines.map((line) => line.split('\u001f').slice(0, -1))
    },
    environment: () => textOf(environment),
    async forget() {
      await writeFile(args, '')
      await writeFile(environment, '')
    },
  }
}

/** A credential helper that knows one login and writes down for which registry it was asked. */
export async function writeHelper(
  folder: string,
  name: string,
  {username, password}: {readonly username: string; readonly password: string},
): Promise<{readonly asked: () => Promise<string[]>}> {
  const log = join(folder, `${name}.asked`)
  const answer = JSON.stringify({Username: username, Secret: password})
  await writeProgram(
    folder,
    `docker-credential-${name}`,
    `read -r registry; printf '%s\\n' "$registry" >> '${log}'; printf '%s' '${answer}'`,
  )
  return {asked: async () => (await textOf(log)).split('\n').slice(0, -1)}
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
