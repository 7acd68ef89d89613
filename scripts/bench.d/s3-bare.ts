/**
 * The AWS SDK alone: puts the blobs of a version of a local storage into a bucket, or gets them into a folder, all at
 * once, and does nothing else. What squizzle does beyond that is what the benchmark shows.
 *
 * Usage: node s3-bare.ts put|get <endpoint> <bucket> <prefix> <layout> <version> <folder>
 */
import {S3} from '@aws-sdk/client-s3'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

const [command, endpoint = '', Bucket = '', prefix = '', layout = '', version = '', folder = ''] =
  process.argv.slice(2)
const client = new S3({
  endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
})

interface Named {
  readonly digest: string
  readonly annotations?: Readonly<Record<string, string>>
}

const pathOf = (digest: string) => join(layout, 'blobs', digest.replace(':', '/'))
const readJson = async <T>(path: string) => JSON.parse(await readFile(path, 'utf8')) as T

const {manifests} = await readJson<{manifests: Named[]}>(join(layout, 'index.json'))
const manifest = manifests.find(
  ({annotations}) => annotations?.['org.opencontainers.image.ref.name'] === version,
)
if (manifest === undefined) throw new Error(`no ${version} in ${layout}`)
const {config, layers} = await readJson<{config: Named; layers: Named[]}>(pathOf(manifest.digest))
const digests = [manifest, config, ...layers].map(({digest}) => digest)

await mkdir(folder, {recursive: true})
await Promise.all(
  digests.map(async (digest) => {
    const Key = `${prefix}${digest}`
    if (command === 'put') {
      await client.putObject({Bucket, Key, Body: await readFile(pathOf(digest))})
    } else {
      const {Body} = await client.getObject({Bucket, Key})
      await writeFile(join(folder, digest), (await Body?.transformToByteArray()) ?? '')
    }
  }),
)
