/**
 * Preloaded: kills this process without warning at its n-th change to the file system (`DIE_AT`), a write
 * when half of its bytes are there. Every step of a program can be its last this way.
 */
import fs, {type FileHandle} from 'node:fs/promises'
import {syncBuiltinESMExports} from 'node:module'
import {devNull} from 'node:os'

type Work = (this: unknown, ...args: unknown[]) => Promise<unknown>

const last = Number(process.env['DIE_AT'])
let steps = 0

function fatal(original: Work, halfWay?: Work): Work {
  return async function (...args) {
    if (++steps < last) return original.apply(this, args)
    await halfWay?.apply(this, args)
    process.kill(process.pid, 'SIGKILL')
    return new Promise(() => undefined)
  }
}

function halfOf(original: Work, at: number): Work {
  return function (...args) {
    const whole = Buffer.from(args[at] as string | Uint8Array)
    return original.apply(this, args.with(at, whole.subarray(0, whole.length / 2)))
  }
}

const module = fs as unknown as Record<string, Work>
for (const name of [
  'copyFile',
  'link',
  'mkdir',
  'mkdtemp',
  'open',
  'rename',
  'rm',
  'rmdir',
] as const) {
  module[name] = fatal(module[name]!)
}
module['writeFile'] = fatal(module['writeFile']!, halfOf(module['writeFile']!, 1))

const handle: FileHandle = await fs.open(devNull, 'r')
const methods = Object.getPrototypeOf(handle) as Record<string, Work>
await handle.close()
methods['writeFile'] = fatal(methods['writeFile']!, halfOf(methods['writeFile']!, 0))
for (const name of ['datasync', 'sync', 'close'] as const) methods[name] = fatal(methods[name]!)

steps = 0
syncBuiltinESMExports()
