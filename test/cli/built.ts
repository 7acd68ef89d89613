import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {withTempDir} from '../../src/files/temp.ts'
import {goLive, type Live} from './live.ts'
import {squizzle, type Outcome} from './program.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** A folder in which the built program runs as its users run it. */
export interface Shell {
  readonly folder: string
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>
  readonly run: (args: string, env?: Readonly<Record<string, string>>) => Promise<Outcome>
  /** As `run`, while it goes on. */
  readonly start: (args: string, env?: Readonly<Record<string, string>>) => Live
  /** As `run`, for what must succeed. */
  readonly ok: (args: string, env?: Readonly<Record<string, string>>) => Promise<string>
}

export async function withShell(story: (shell: Shell) => Promise<void>): Promise<void> {
  await withTempDir(async (folder) => {
    const run: Shell['run'] = async (args, env = {}) =>
      squizzle(args.split(' '), {script: bin, cwd: folder, env})
    await story({
      folder,
      run,
      start: (args, env = {}) => goLive(args.split(' '), {script: bin, cwd: folder, env}),
      ok: async (args, env) => {
        const {exitCode, stdout, stderr} = await run(args, env)
        if (exitCode !== 0)
          throw new Error(`squizzle ${args} ended with ${exitCode}\n${stdout}${stderr}`)
        return stdout
      },
      write: async (files) => {
        for (const [name, content] of Object.entries(files)) {
          await mkdir(dirname(join(folder, name)), {recursive: true})
          await writeFile(join(folder, name), content)
        }
      },
    })
  })
}
