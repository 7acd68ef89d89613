#!/usr/bin/env node
// Compiles src into dist and describes the commands in oclif.manifest.json: the same bytes on every run.
import {spawnSync} from 'node:child_process'
import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
rmSync('dist', {recursive: true, force: true})
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
run('node_modules/oclif/bin/run.js', 'manifest')

// oclif writes the commands in the order in which the file system happened to list them.
const manifest = JSON.parse(readFileSync('oclif.manifest.json', 'utf8'))
const commands = Object.entries(manifest.commands).toSorted(([a], [b]) => (a < b ? -1 : 1))
manifest.commands = Object.fromEntries(commands)
writeFileSync('oclif.manifest.json', `${JSON.stringify(manifest, undefined, 2)}\n`)

function run(script, ...args) {
  // Nothing on stdout, so that a script may call this one for what it prints itself.
  const {status} = spawnSync(process.execPath, [script, ...args], {stdio: ['ignore', 2, 2]})
  if (status !== 0) process.exit(status ?? 1)
}
