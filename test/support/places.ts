import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {Shell} from '../cli/built.ts'
import {run} from './run.ts'
import {bareClient, environmentOf, newBucket, objectsIn, textOf} from './s3.ts'
import {service, tool} from './services.ts'

/** A place for artifacts, told from the outside what it holds. */
export interface Place {
  /** `storage` of the configuration. */
  readonly storage: object
  readonly env?: Readonly<Record<string, string>>
  /** The flags that name the place, where another one is configured. */
  readonly flags: string
  /** The manifest that a tag names there, by another program than squizzle. */
  readonly digestOf: (tag: string) => Promise<string>
}

/** A place that can be lost with all that it has. */
export interface Losable extends Place {
  readonly lose: () => Promise<void>
}

/** What runs the built program in a folder that is configured for the place, and expects it to succeed. */
export async function machineAt(shell: Shell, {storage, env = {}}: Place, more = {}) {
  await shell.write({'squizzle.config.json': JSON.stringify({project: 'shop', storage})})
  const path = `${dirname(tool('oras'))}:${process.env['PATH']}`
  return (args: string, variables: Readonly<Record<string, string>> = {}) =>
    shell.ok(args, {...env, ...more, PATH: path, ...variables})
}

export function inRegistry(registry: string, repository: string): Place {
  return {
    storage: {type: 'oci', config: {registry, repository}},
    flags: `--registry ${registry}/${repository}`,
    digestOf: (tag) =>
      answer(tool('oras'), 'resolve', '--plain-http', `${registry}/${repository}:${tag}`),
  }
}

export async function inBucket(): Promise<Losable> {
  const {url, user} = service('s3')
  const client = bareClient()
  const bucket = await newBucket(client)
  return {
    storage: {type: 's3', config: {bucket, prefix: 'shop', region: 'us-east-1', endpoint: url}},
    env: environmentOf(user),
    flags: `--storage s3://${bucket}/shop?region=us-east-1&endpoint=${url}`,
    digestOf: async (tag) => digestIn(await textOf(bucket, `shop/tags/${tag}`, client)),
    lose: async () => {
      for (const key of Object.keys(await objectsIn(bucket, client))) {
        await client.deleteObject({Bucket: bucket, Key: key})
      }
      await client.deleteBucket({Bucket: bucket})
    },
  }
}

export function inFolder(folder: string): Place {
  const index = join(folder, 'index.json')
  return {
    storage: {type: 'local', config: {path: folder}},
    flags: `--storage file:${folder}`,
    digestOf: async (tag) => {
      const {manifests}: {manifests: {digest: string; annotations: Record<string, string>}[]} =
        JSON.parse(await readFile(index, 'utf8'))
      const found = manifests.find(
        ({annotations}) => annotations['org.opencontainers.image.ref.name'] === tag,
      )
      return found?.digest ?? assert.fail(`${index} has no ${tag}`)
    },
  }
}

function digestIn(descriptor: string): string {
  const {digest}: {digest: string} = JSON.parse(descriptor)
  return digest
}

async function answer(program: string, ...args: string[]): Promise<string> {
  const {exitCode, stdout, stderr} = await run(program, args)
  if (exitCode !== 0) throw new Error(stderr)
  return stdout.trim()
}
