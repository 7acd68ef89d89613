import type {DatabaseSettings} from '../config/settings.ts'
import {withDatabase} from '../database/open.ts'
import type {Session} from '../database/session.ts'
import type {Context} from './context.ts'

/** Runs the work with the project's database open, and closes it after, come what may. */
export async function withProjectDatabase<T>(
  {sharedDir, signal, report}: Context,
  {url}: DatabaseSettings,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const options = {
    cacheDir: sharedDir,
    signal,
    onWait: ({pid, since}: {readonly pid: number; readonly since: string}) =>
      void report({
        type: 'note',
        text: `waiting for process ${pid}, which has the embedded database open since ${since}`,
      }),
  }
  return withDatabase(url, options, work)
}
