import {copyFile, readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {folderAt, releases} from '../../examples/shop/history/releases.ts'
import type {Machine} from './project.ts'

/** Makes a machine's migrations folder that of a release of the example shop. */
export async function checkOut(machine: Machine, version: string): Promise<void> {
  const folder = machine.context.settings.migrations.path
  for (const name of await readdir(folder)) await rm(join(folder, name))
  for (const [name, path] of folderAt(version)) await copyFile(path, join(folder, name))
}

/** Builds and pushes every release of the example shop, as its team did. */
export async function pushShop(machine: Machine): Promise<void> {
  for (const {version, merge, notes} of releases) {
    await checkOut(machine, version)
    await machine.build(version, {notes, ...(merge !== undefined && {merge})})
    await machine.push(version)
  }
}
