import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {withTempDir} from '../../src/files/temp.ts'
import {tool} from '../../test/support/services.ts'
import {run, squizzle} from './commands.ts'
import {freshDatabase} from './database.ts'
import {race, report} from './measure.ts'
import {makeRelease} from './project.ts'

/** A release of 1,000 migrations into an empty database, beside psql with the same SQL in one transaction. */
export async function apply(): Promise<string> {
  return withTempDir(async (folder) => {
    const file = join(folder, 'all.sql')
    await writeFile(file, await makeRelease(folder, 1000))
    let url = ''
    const prepare = async () => {
      url = await freshDatabase()
    }
    const psql = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-1', '-f', file, '-d']
    const timed = await race(
      [
        {name: 'psql -1 -f all.sql', prepare, run: () => run(tool('psql'), [...psql, url])},
        {
          name: 'squizzle apply',
          prepare,
          run: () => squizzle(folder, ['apply'], {DATABASE_URL: url}),
        },
      ],
      5,
    )
    return report('Apply of 1,000 migrations to PostgreSQL 15', timed)
  })
}
