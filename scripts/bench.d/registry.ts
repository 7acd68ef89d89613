import {mkdir, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {withWorld} from '../../test/support/project.ts'
import {service, tool} from '../../test/support/services.ts'
import {run, squizzle} from './commands.ts'
import {race, report} from './measure.ts'
import {migrationName, migrationSql} from './migrations.ts'

/** Releases in the artifact that is moved. */
const sizes = [1, 10, 100, 500]

/** A push to an empty repository and a pull into an empty cache, beside one `oras cp` of the same artifact by hand. */
export async function registry(): Promise<string> {
  const reports: string[] = []
  await withWorld(async ({machine, artifacts}) => {
    const dev = await machine('dev')
    const config = {
      storage: {type: 'local', config: {path: artifacts}},
      database: {url: 'pglite:memory'},
    }
    await writeFile(
      join(dev.folder, 'squizzle.config.json'),
      JSON.stringify({project: 'shop', ...config}),
    )
    let built = 0
    for (const size of sizes) {
      for (; built < size; built += 1) {
        await dev.write({[migrationName(built + 1)]: migrationSql(built + 1)})
        await dev.build(`1.${built}.0`)
      }
      await dev.push(`1.${size - 1}.0`)
      reports.push(await raceOf(dev.folder, artifacts, size))
    }
  })
  return reports.join('\n')
}

async function raceOf(folder: string, artifacts: string, size: number): Promise<string> {
  const {address} = service('registry')
  const version = `1.${size - 1}.0`
  const layout = `${artifacts}:${version}`
  const cache = join(folder, 'cache')
  const copy = join(folder, 'copy')
  const rounds = size > 100 ? 3 : 5
  let repository = 0
  const next = () => `${address}/bench/${size}-${process.pid}-${(repository += 1)}`

  const pushed = await race(
    [
      {
        name: 'oras cp',
        run: () => oras('--to-plain-http', '--from-oci-layout', layout, `${next()}:${version}`),
      },
      {name: 'squizzle push', run: () => squizzle(folder, ['push', version, '--registry', next()])},
    ],
    rounds,
  )
  const source = next()
  await squizzle(folder, ['push', version, '--registry', source])
  const empty = async () => {
    for (const path of [cache, copy]) await rm(path, {recursive: true, force: true})
    await mkdir(cache)
  }
  const pulled = await race(
    [
      {
        name: 'oras cp',
        prepare: empty,
        run: () =>
          oras(
            '--from-plain-http',
            '--to-oci-layout',
            `${source}:${version}`,
            `${copy}:${version}`,
          ),
      },
      {
        name: 'squizzle pull',
        prepare: empty,
        run: () =>
          squizzle(folder, ['pull', version, '--registry', source], {SQUIZZLE_CACHE_DIR: cache}),
      },
    ],
    rounds,
  )
  const releases = `${size} release${size === 1 ? '' : 's'}`
  return [report(`Push of ${releases}`, pushed), report(`Pull of ${releases}`, pulled)].join('\n')
}

async function oras(...args: string[]): Promise<void> {
  await run(tool('oras'), ['cp', '--no-tty', ...args])
}
