import {stat} from 'node:fs/promises'
import {resolve} from 'node:path'
import type {Config} from '@oclif/core/interfaces'
import {run} from '@oclif/core/run'
import {isSquizzleError, SquizzleError} from '../../errors.ts'
import {isOclifError} from '../usage.ts'

/** Whether oclif's own management of plugins answers this command line. */
export function managesPlugins([command = '']: readonly string[]): boolean {
  return /^plugins(?::|$)/.test(command)
}

/**
 * Runs `plugins install` and its like, which take a path for a repository of GitHub and answer npm's failures
 * with its command line.
 * @throws USAGE, PLUGIN_FAILED
 */
export async function managePlugins(config: Config, argv: readonly string[]): Promise<void> {
  const [, action = ''] = argv.join(' ').split(/[ :]/)
  // nobody here asked for news of npm, which it would fetch
  process.env['npm_config_update_notifier'] ??= 'false'
  const words = await Promise.all(argv.map(readers[action] ?? asItIs))
  try {
    await run([...words], config)
  } catch (error) {
    throw explain(error, action)
  }
}

const readers: Readonly<Record<string, (word: string) => Promise<string>>> = {
  install: asPackage,
  add: asPackage,
  link: asPluginFolder,
}

async function asItIs(word: string): Promise<string> {
  return word
}

/** A file or folder by the one spelling that is understood wherever npm runs. */
async function asPackage(word: string): Promise<string> {
  const [, path] =
    /^file:(?!\/\/)(.+)$/s.exec(word) ?? /^(\.{0,2}\/.*|[^:]+\.(?:tgz|tar\.gz))$/s.exec(word) ?? []
  if (path === undefined) return word
  await expectThere(resolve(path))
  return `file:${resolve(path)}`
}

async function asPluginFolder(word: string): Promise<string> {
  if (/^(?:-|plugins|link$)/.test(word)) return word
  await expectThere(resolve(word, 'package.json'))
  return word
}

async function expectThere(path: string): Promise<void> {
  if ((await stat(path).catch(() => undefined)) !== undefined) return
  throw new SquizzleError('USAGE', `there is no ${path}`, {
    hint: 'A plugin is a package: one of a registry, the file that `npm pack` made of it, or its folder.',
  })
}

/** oclif's own errors are told elsewhere; npm's have no other sign than the command that failed. */
function explain(error: unknown, action: string): unknown {
  if (!(error instanceof Error) || isSquizzleError(error)) return error
  if (/\bnpm-cli\.js /.test(error.message)) {
    return new SquizzleError('PLUGIN_FAILED', `npm could not ${action} the plugin`, {
      hint: 'What npm said stands above; --verbose shows all of it.',
      cause: error,
    })
  }
  if (isOclifError(error)) return error
  return new SquizzleError('PLUGIN_FAILED', error.message, {
    hint: '`squizzle plugins` lists those that are installed.',
    cause: error,
  })
}
