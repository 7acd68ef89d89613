import {mkdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {withTempDir} from '../../src/files/temp.ts'
import {environmentOf, newBucket} from '../../test/support/s3.ts'
import {service} from '../../test/support/services.ts'
import {run, squizzle} from './commands.ts'
import {race, report} from './measure.ts'
import {makeProject, writeMigrations} from './project.ts'

/** Of the artifact that is moved. */
const releases = 100
const version = `1.${releases - 1}.0`

/** A push to an empty prefix and a pull into an empty cache, beside the AWS SDK moving the same bytes, all at once. */
export async function s3(): Promise<string> {
  return withTempDir(async (folder) => {
    await makeProject(folder, {type: 'local', config: {path: './db/artifacts'}})
    for (let built = 0; built < releases; built += 1) {
      await writeMigrations(folder, built + 1, built + 1)
      await squizzle(folder, ['build', `1.${built}.0`])
      await squizzle(folder, ['push', `1.${built}.0`])
    }
    return raceIn(folder)
  })
}

async function raceIn(folder: string): Promise<string> {
  const {url, user} = service('s3')
  const env = environmentOf(user)
  const bucket = await newBucket()
  const cache = join(folder, 'cache')
  let prefixes = 0
  const next = () => `${(prefixes += 1)}/`
  const storage = (prefix: string) => [
    '--storage',
    `s3://${bucket}/${prefix}?region=us-east-1&endpoint=${url}`,
  ]
  const bare = (command: string, prefix: string) => {
    const script = fileURLToPath(new URL('s3-bare.ts', import.meta.url))
    const place = [url, bucket, prefix, join(folder, 'db/artifacts'), version, cache]
    return run(process.execPath, [script, command, ...place], {env})
  }
  const empty = async () => {
    await rm(cache, {recursive: true, force: true})
    await mkdir(cache)
  }

  const pushed = await race(
    [
      {name: 'the AWS SDK alone', run: () => bare('put', next())},
      {
        name: 'squizzle push',
        run: () => squizzle(folder, ['push', version, ...storage(next())], env),
      },
    ],
    5,
  )
  const [raw, source] = [next(), next()]
  await bare('put', raw)
  await squizzle(folder, ['push', version, ...storage(source)], env)
  const pull = () =>
    squizzle(folder, ['pull', version, ...storage(source)], {...env, SQUIZZLE_CACHE_DIR: cache})
  const pulled = await race(
    [
      {name: 'the AWS SDK alone', prepare: empty, run: () => bare('get', raw)},
      {name: 'squizzle pull', prepare: empty, run: pull},
    ],
    5,
  )
  return [
    report(`Push of ${releases} releases to S3`, pushed),
    report(`Pull of ${releases} releases from S3`, pulled),
  ].join('\n')
}
