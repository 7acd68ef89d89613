#!/usr/bin/env node
// Writes THIRD-PARTY-LICENSES.md: every package that an installed squizzle brings, with its licence, as package-lock.json
// has them. With --check, only says whether the file is the one that would be written.
import {readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

const root = dirname(import.meta.dirname)
const file = join(root, 'THIRD-PARTY-LICENSES.md')
const {packages} = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))

const byName = new Map()
for (const path of [...reachable()].toSorted((a, b) => (a < b ? -1 : 1))) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const license = packages[path].license ?? olderForm(path)
  if (!license) fail(`nothing says under which licence is ${path}`)
  byName.set(name, new Set([...(byName.get(name) ?? []), license]))
}
const rows = [...byName]
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, found]) => `| ${name} | ${[...found].join(', ')} |`)
const text = `# Packages that squizzle brings

squizzle itself is licensed under Apache-2.0. What an installed one runs with, each package under its own licence, whose text
lies in the package:

| package | licence |
| --- | --- |
${rows.join('\n')}

The container image also has Debian's packages, whose licences are in \`/usr/share/doc\`, Node.js (MIT and others), git (GPL-2.0), and of
their releases oras, docker-credential-gcr and docker-credential-acr-env (Apache-2.0, MIT).
`

if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) {
  fail('THIRD-PARTY-LICENSES.md is not of this package-lock.json: run scripts/licenses.js')
}

/** The paths of all packages that the root's own dependencies lead to, as Node.js would find them. */
function reachable() {
  const found = new Set()
  const open = ['']
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const {dependencies, optionalDependencies} = packages[path]
    for (const name of Object.keys({...dependencies, ...optionalDependencies})) {
      const place = resolve(path, name)
      if (place !== undefined && !found.has(place)) {
        found.add(place)
        open.push(place)
      }
    }
  }
  return found
}

/** @returns undefined for an optional one that the lock file leaves out */
function resolve(from, name) {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))
  ) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (packages[place] !== undefined) return place
    if (folder === '') return undefined
  }
}

/** What packages of long ago have instead of `license`, which the lock file does not take over. */
function olderForm(path) {
  const {licenses = []} = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'))
  return licenses.map(({type}) => type).join(' OR ')
}

function fail(message) {
  process.stderr.write(`Error: ${message}\n`)
  process.exit(1)
}
