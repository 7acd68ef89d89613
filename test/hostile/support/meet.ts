import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {lstat, mkdir, readdir, readlink, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {importArchive} from '../../../src/operations/import.ts'
import {pull} from '../../../src/operations/pull.ts'
import {rejectsWith} from '../../support/errors.ts'
import type {Machine, World} from '../../support/project.ts'
import type {HostileCase} from './case.ts'
import type {Offer} from './offer.ts'

export type Expected = Pick<HostileCase, 'code' | 'why'>

/** A machine meets what is offered, through every door that it could come by. */
export async function meet(world: World, offer: Offer, expected: Expected): Promise<void> {
  const root = join(world.artifacts, '..')
  const temporary = join(root, 'tmp')
  await mkdir(temporary)
  const victim = await world.machine('victim', offer)
  await underTemporary(temporary, async () => {
    await meetFile(victim, root, offer.archive, expected)
    if (offer.storage !== undefined) await meetStorage(victim, root, expected)
  })
}

/** Runs the work with this folder for temporary files, which must be empty after. */
async function underTemporary(folder: string, work: () => Promise<void>): Promise<void> {
  const {TMPDIR} = process.env
  process.env['TMPDIR'] = folder
  try {
    await work()
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = TMPDIR
  }
  assert.deepEqual(await readdir(folder), [])
}

/** Whatever an import refuses leaves no trace at all. */
async function meetFile(
  {context}: Machine,
  root: string,
  path: string,
  {code, why = /./}: Expected,
): Promise<void> {
  const before = await treeOf(root)
  const {message} = await rejectsWith(code, () => importArchive(context, path))
  assert.match(message, why)
  assert.deepEqual(await treeOf(root), before)
}

/** What a pull refuses may have left blobs in the cache, each under its own digest, and nothing elsewhere. */
async function meetStorage(
  {context}: Machine,
  root: string,
  {code, why = /./}: Expected,
): Promise<void> {
  const before = await treeOf(root)
  const output = join(root, 'output')
  const {message} = await rejectsWith(code, () => pull(context, {reference: '1.0.0', output}))
  assert.match(message, why)
  const news = [...(await treeOf(root))].filter(([path, what]) => before.get(path) !== what)
  for (const [path, what] of news) {
    assert.match(path, /^victim\/\.squizzle(\/|$)|^output(\/1\.0\.0)?$/)
    const [, hex] = /\/blobs\/sha256\/([^/]*)$/.exec(path) ?? []
    if (hex !== undefined) assert.equal(what, `file ${hex}`)
  }
  await rm(output, {recursive: true, force: true})
}

/** Everything below a folder: what it is, and of files the digest. */
async function treeOf(root: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const name of await readdir(root, {recursive: true})) {
    const path = join(root, name)
    const stat = await lstat(path)
    if (stat.isFile()) found.set(name, `file ${await digestOf(path)}`)
    else found.set(name, stat.isSymbolicLink() ? `link ${await readlink(path)}` : 'folder')
  }
  return found
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece)
  return hash.digest('hex')
}
