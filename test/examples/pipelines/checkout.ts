import {chmod, mkdir, symlink, writeFile} from 'node:fs/promises'
import {delimiter, dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {withTempDir} from '../../../src/files/temp.ts'
import {withTestDatabase} from '../../support/database.ts'
import {run, type Outcome} from '../../support/run.ts'
import {service, tool, type Need} from '../../support/services.ts'

/** What a pipeline of the examples needs when it runs on this machine. */
export const pipelineNeeds: readonly Need[] = ['registry', 'postgres15', 'oras']

export const pipelines = new URL('../../../examples/pipelines/', import.meta.url)

/** A project's checkout on a CI machine, which has squizzle, a registry and a database. */
export interface Checkout {
  readonly folder: string
  readonly url: string
  readonly repository: string
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>
  /** Runs a program in the checkout; squizzle and oras are on its PATH. */
  readonly run: (
    program: string,
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<Outcome>
  /** The digest that the registry has under a tag. */
  readonly digestOf: (tag: string) => Promise<string | null>
}

export async function withCheckout(
  repository: string,
  story: (checkout: Checkout) => Promise<void>,
): Promise<void> {
  await withTempDir((root) =>
    withTestDatabase('postgres15', async (url) => {
      const [folder, bin] = [join(root, 'checkout'), join(root, 'bin')]
      await mkdir(bin)
      const squizzle = fileURLToPath(new URL('../../../bin/run.js', import.meta.url))
      const starter = join(bin, 'squizzle')
      await writeFile(starter, `#!/bin/sh\nexec '${process.execPath}' '${squizzle}' "$@"\n`)
      await chmod(starter, 0o755)
      await symlink(tool('oras'), join(bin, 'oras'))
      const write: Checkout['write'] = async (files) => {
        for (const [name, content] of Object.entries(files)) {
          await mkdir(dirname(join(folder, name)), {recursive: true})
          await writeFile(join(folder, name), content)
        }
      }
      const {address, url: registry} = service('registry')
      const config = {registry: address, repository, plainHttp: true}
      await write({
        'squizzle.config.js': `module.exports = {
          project: 'shop',
          database: {url: process.env.DATABASE_URL},
          storage: {type: 'oci', config: ${JSON.stringify(config)}},
          environments: {staging: {}, production: {}},
        }`,
        'db/migrations/0001_users.sql': 'CREATE TABLE users (id int);',
      })
      await story({
        folder,
        url,
        repository,
        write,
        run: (program, args, env = {}) =>
          run(program, args, {
            cwd: folder,
            env: {
              HOME: root,
              PATH: [bin, dirname(process.execPath), process.env['PATH']].join(delimiter),
              DATABASE_URL: url,
              ...env,
            },
          }),
        digestOf: async (tag) => {
          const accept = 'application/vnd.oci.image.manifest.v1+json'
          const answer = await fetch(`${registry}/v2/${repository}/manifests/${tag}`, {
            method: 'HEAD',
            headers: {accept},
          })
          return answer.headers.get('docker-content-digest')
        },
      })
    }),
  )
}
