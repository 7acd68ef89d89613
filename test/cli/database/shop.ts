import {withShell, type Shell} from '../built.ts'

/** A project of two releases in a storage, which applies nothing by itself. */
export async function withShop(story: (shell: Shell) => Promise<void>): Promise<void> {
  await withShell(async (shell) => {
    await shell.write({
      'squizzle.config.json': JSON.stringify({
        project: 'shop',
        migrations: 'db',
        storage: {type: 'local', config: {path: 'artifacts'}},
      }),
      'db/0001_a.sql': 'create table a ();\n',
    })
    await shell.ok('build 1.0.0')
    await shell.ok('push 1.0.0')
    await shell.write({'db/0002_b.sql': 'create table b ();\n'})
    await shell.ok('build 1.1.0')
    await shell.ok('push 1.1.0 --tag production')
    await story(shell)
  })
}

/** The environment of a container that has a database and nothing else: no project, no storage. */
export const bare = (url: string) => ({DATABASE_URL: url, CI: '1'})
