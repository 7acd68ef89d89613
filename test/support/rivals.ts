import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Machine, World} from './project.ts'

/** A machine with other content for a version than its rivals have. */
export interface Rival {
  readonly machine: Machine
  /** Of the manifest that it built. */
  readonly digest: string
}

/** Machines that have each built other content as 1.0.0. What they are configured for is nowhere: a flag says where to push. */
export async function rivalsIn({machine}: World, count: number): Promise<readonly Rival[]> {
  return Promise.all(
    Array.from({length: count}, async (_, index) => {
      const rival = await machine(`rival-${index}`)
      await rival.write({'0001_a.sql': `create table a${index} ();\n`})
      const {digest} = await rival.build('1.0.0')
      if (digest === undefined) throw new Error('nothing was built')
      const storage = {
        type: 'oci',
        config: {registry: 'localhost', repository: 'none', latest: false},
      }
      const config = {project: 'shop', storage, database: {url: 'pglite:memory'}}
      await writeFile(join(rival.folder, 'squizzle.config.json'), JSON.stringify(config))
      return {machine: rival, digest}
    }),
  )
}
