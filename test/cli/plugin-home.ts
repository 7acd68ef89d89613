import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {withShell, type Shell} from './built.ts'

/** A user's home, in which nothing is installed yet, and a project in it. */
export interface PluginHome extends Shell {
  /** Writes an oclif plugin around the module of its hook. @returns its folder */
  readonly plugin: (name: string, hook: string) => Promise<string>
  /** The same, linked. */
  readonly link: (name: string, hook: string) => Promise<void>
}

export async function withPluginHome(story: (home: PluginHome) => Promise<void>): Promise<void> {
  await withShell(async (shell) => {
    const home = {HOME: join(shell.folder, 'home'), XDG_DATA_HOME: join(shell.folder, 'home/data')}
    const run: Shell['run'] = (args, env) => shell.run(args, {...home, ...env})
    const ok: Shell['ok'] = (args, env) => shell.ok(args, {...home, ...env})
    const plugin: PluginHome['plugin'] = async (name, hook) => {
      const folder = join(shell.folder, 'plugins', name)
      const manifest = {
        name,
        version: '1.0.0',
        type: 'module',
        oclif: {hooks: {'squizzle:storage': './hook.js'}},
      }
      for (const [path, text] of Object.entries({
        'package.json': JSON.stringify(manifest),
        'hook.js': hook,
      })) {
        await mkdir(dirname(join(folder, path)), {recursive: true})
        await writeFile(join(folder, path), text)
      }
      return folder
    }
    await story({
      ...shell,
      run,
      ok,
      plugin,
      link: async (name, hook) => {
        await ok(`plugins link --no-install ${await plugin(name, hook)}`)
      },
    })
  })
}

/** The module of a plugin that keeps everything in one JSON file, so that it outlives the process. */
export function shelfHook({
  type = 'shelf',
  apiVersion = 1,
  open = 'return objectStorage(shelf(file), {url: `${type}:${file}`})',
}: {
  type?: string
  apiVersion?: number
  /** Statements, with `file` in scope. */
  open?: string
} = {}): string {
  return `
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {resolve} from 'node:path'
import {defineStorage, objectStorage} from 'squizzle'
import * as v from '${import.meta.resolve('valibot')}'

const type = '${type}'

const shelf = (file) => {
  const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})
  const write = (all) => writeFileSync(file, JSON.stringify(all))
  return {
    async get(key) {
      const text = read()[key]
      return text && {bytes: Buffer.from(text, 'base64'), etag: text}
    },
    async put(key, bytes, {ifAbsent, ifMatch}) {
      const all = read()
      if ((ifAbsent && key in all) || (ifMatch !== undefined && all[key] !== ifMatch)) return false
      write({...all, [key]: Buffer.from(bytes).toString('base64')})
      return true
    },
    async *list(prefix) {
      for (const [key, text] of Object.entries(read())) {
        if (key.startsWith(prefix)) yield {key, size: Buffer.from(text, 'base64').byteLength}
      }
    },
    async delete(key) {
      const {[key]: gone, ...rest} = read()
      write(rest)
    },
  }
}

export default async () => [
  defineStorage({
    apiVersion: ${apiVersion},
    type,
    configSchema: v.strictObject({file: v.pipe(v.string(), v.nonEmpty('a file')), key: v.optional(v.string())}),
    secrets: ['key'],
    urlForm: \`\${type}:file\`,
    fromUrl: (url) => (url.startsWith(\`\${type}:\`) ? {file: url.slice(type.length + 1)} : undefined),
    async open({file: path}, {root}) {
      const file = resolve(root, path)
      ${open}
    },
  }),
]
`
}
