import {readFile} from 'node:fs/promises'
import {fileURLToPath} from 'node:url'
import type {PJSON} from '@oclif/core/interfaces'

export interface Program {
  /** The folder of package.json, with a slash at its end. */
  readonly root: URL
  /** Instead of the package.json there. */
  readonly pjson?: PJSON
  /** Find the commands by their files and not by the manifest. */
  readonly fromSource?: boolean
  readonly argv?: readonly string[]
}

/** Milliseconds that something forgotten, such as a plugin's timer, may keep a finished process alive. */
const longestGoodbye = 1000

/** Runs the command line; the process then ends by itself, with its exit code. */
export async function main(program: Program): Promise<void> {
  const argv = program.argv ?? process.argv.slice(2)
  // The libraries that print rank the two differently, and Node.js warns of it.
  if (process.env['NO_COLOR']) delete process.env['FORCE_COLOR']
  process.stdout.on('error', ignoreClosedPipe)
  process.stderr.on('error', ignoreClosedPipe)
  process.once('exit', refuseSilentEnd)
  process.on('uncaughtException', (error) => void fail(error, argv).then(end))
  try {
    if (argv[0] === '--version' || argv[0] === '-v') await printVersion(program)
    else await runCommand(program, argv)
  } catch (error) {
    await fail(error, argv)
  }
  await Promise.all([drained(process.stdout), drained(process.stderr)])
  process.off('exit', refuseSilentEnd)
  end()
}

/**
 * `process.exit` waits for V8's compilers, which may be waiting for the main thread to collect garbage: then neither ever
 * ends. A process whose event loop is empty ends without that.
 */
function end(): void {
  setTimeout(() => process.exit(), longestGoodbye).unref()
}

/** A configuration is code, and may end the process: that must never look like a deployment that was done. */
function refuseSilentEnd(code: number): void {
  if (code !== 0) return
  process.exitCode = 1
  process.stderr.write('Error: something ended squizzle before it was done: the configuration?\n')
}

/** `squizzle ... | head` closes the pipe when it has enough; what was begun goes on to its end. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

/** In oclif's form, without the time that loading oclif takes. */
async function printVersion({root, pjson}: Program): Promise<void> {
  const text = pjson ?? JSON.parse(await readFile(new URL('package.json', root), 'utf8'))
  const {name, version} = text as {name: string; version: string}
  const platform = `${process.platform}-${process.arch}`
  process.stdout.write(`${name}/${version} ${platform} node-${process.version}\n`)
}

async function runCommand(program: Program, argv: readonly string[]): Promise<void> {
  const [{Config}, {run}, {settings}, {requireCommand}, {managesPlugins, managePlugins}] =
    await Promise.all([
      import('@oclif/core/config'),
      import('@oclif/core/run'),
      import('@oclif/core/settings'),
      import('./unknown-command.ts'),
      import('./plugins/manage.ts'),
    ])
  settings.enableAutoTranspile = false
  const config = await Config.load({
    root: fileURLToPath(program.root),
    ...(program.pjson === undefined ? {} : {pjson: program.pjson}),
    isRoot: true,
    ignoreManifest: program.fromSource ?? false,
  })
  requireCommand(config, argv)
  if (managesPlugins(argv)) await managePlugins(config, argv)
  else await run([...argv], config)
}

/** The one way out for errors. */
async function fail(error: unknown, argv: readonly string[]): Promise<void> {
  const {reportError} = await import('./report.ts')
  reportError(error, argv)
}

/** Resolves when everything written has left, or can't any more. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}
