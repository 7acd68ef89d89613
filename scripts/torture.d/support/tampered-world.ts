import {cp, readFile, readdir, rm, writeFile} from 'node:fs/promises'
import {join, relative} from 'node:path'
import {withWorld} from '../../../test/support/project.ts'
import type {Machine} from '../../../test/support/project.ts'
import {mark} from './merged.ts'

/** Where bytes of an artifact lie: in the storage, seen from a machine that has nothing; or in the cache of one that needs no storage. */
export type Place = 'storage' | 'cache'

export interface StoredFile {
  readonly place: Place
  /** Below the folder of the storage, or of the workspace. */
  readonly path: string
  readonly size: number
  /** Named by its digest: no byte of it can be another one. */
  readonly isBlob: boolean
}

export interface TamperedWorld {
  readonly files: readonly StoredFile[]
  /** Runs the work on a machine that finds the file changed. */
  readonly withChanged: (
    file: StoredFile,
    change: (bytes: Buffer) => Buffer,
    work: (machine: Machine) => Promise<void>,
  ) => Promise<void>
  readonly untouched: Machine
}

/** A world with one artifact of three releases. */
export async function withTamperedWorld(
  story: (world: TamperedWorld) => Promise<void>,
): Promise<void> {
  await withWorld(async ({artifacts, machine}) => {
    const ci = await machine('ci')
    for (const [at, version] of ['1.0.0', '1.1.0', '1.2.0'].entries()) {
      const sql = `create table t${at} (i int) /* ${mark} */;\n`
      await ci.write({
        [`000${at}_t${at}.sql`]: sql,
        [`000${at}_t${at}.rollback.sql`]: `drop table t${at};\n`,
      })
      await ci.build(version)
    }
    await ci.push('1.2.0')
    const untouched = await machine('untouched')
    await untouched.pull('1.2.0')
    let machines = 0
    await story({
      untouched,
      files: [
        ...(await filesIn('storage', artifacts)),
        ...(await filesIn('cache', untouched.context.folder)),
      ],
      withChanged: async ({place, path}, change, work) => {
        machines += 1
        const name = `machine-${machines}`
        const storage = `${artifacts}-${machines}`
        const victim = await machine(name, place === 'storage' ? {storage} : {})
        const [from, to] =
          place === 'storage'
            ? [artifacts, storage]
            : [untouched.context.folder, victim.context.folder]
        await cp(from, to, {recursive: true, verbatimSymlinks: true})
        const changed = join(to, path)
        await writeFile(changed, change(await readFile(changed)))
        await work(victim)
        await Promise.all(
          [victim.folder, storage].map((one) => rm(one, {recursive: true, force: true})),
        )
      },
    })
  })
}

async function filesIn(place: Place, folder: string): Promise<readonly StoredFile[]> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true})
  const files = entries.filter((entry) => entry.isFile())
  return Promise.all(
    files.map(async ({parentPath, name}) => {
      const path = join(parentPath, name)
      const {length} = await readFile(path)
      return {
        place,
        path: relative(folder, path),
        size: length,
        isBlob: /^[0-9a-f]{64}$/.test(name),
      }
    }),
  )
}
