import {withTempDir} from '../../src/files/temp.ts'
import {run, squizzle} from './commands.ts'
import {freshDatabase} from './database.ts'
import {race, report} from './measure.ts'
import {makeRelease} from './project.ts'

/** What everybody waits for each time: the start, and an apply that has nothing to do. */
export async function startup(): Promise<string> {
  return withTempDir(async (folder) => {
    await makeRelease(folder, 1000)
    const env = {DATABASE_URL: await freshDatabase()}
    await squizzle(folder, ['apply'], env)
    const timed = await race(
      [
        {name: 'node -e 0', run: () => run(process.execPath, ['-e', '0'])},
        {name: 'squizzle --version', run: () => squizzle(folder, ['--version'])},
        {name: 'squizzle --help', run: () => squizzle(folder, ['--help'])},
        {name: 'squizzle apply, nothing to do', run: () => squizzle(folder, ['apply'], env)},
      ],
      15,
    )
    return report('Start-up, with 1,000 migrations applied', timed)
  })
}
