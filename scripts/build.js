#!/usr/bin/env node
// Compiles src into dist and describes the commands in oclif.manifest.json: the same bytes on every run.
import {spawnSync} from 'node:child_process'
import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {delimiter, dirname, join} from 'node:path'

process.chdir(dirname(import.meta.dirname))
// Also without npm, which would add the first; the tools run by this very Node.js.
const path = [join(process.cwd(), 'node_modules/.bin'), dirname(process.execPath), process.env.PATH]
const env = {...process.env, PATH: path.join(delimiter)}

rmSync('dist', {recursive: true, force: true})
// Nothing on stdout, so that a script may call this one for what it prints itself.
succeed(spawnSync('tsc', ['-p', 'tsconfig.build.json'], {env, stdio: ['ignore', 2, 2]}))
succeed(spawnSync('oclif', ['manifest'], {env, stdio: ['ignore', 'ignore', 2]}))

// oclif writes the commands in the order in which the file system happened to list them.
const manifest = JSON.parse(readFileSync('oclif.manifest.json', 'utf8'))
const commands = Object.entries(manifest.commands).toSorted(([a], [b]) => (a < b ? -1 : 1))
manifest.commands = Object.fromEntries(commands)
writeFileSync('oclif.manifest.json', `${JSON.stringify(manifest, undefined, 2)}\n`)

function succeed({status, error}) {
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}
