/**
 * Lays a migrations folder down as it was at a release: `node checkout.ts 1.2.0 db/migrations`.
 * Without arguments, prints the releases in the order in which they were built, each with the
 * option that `squizzle build` needs beside the version.
 */
import {copyFile, mkdir, readdir, realpath, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {folderAt, migrationsFolder, releases} from './releases.ts'

const [version, folder] = process.argv.slice(2)
if (version === undefined) {
  for (const release of releases) {
    console.log(
      release.merge === undefined ? release.version : `${release.version} --merge ${release.merge}`,
    )
  }
} else if (folder === undefined) {
  console.error('usage: node checkout.ts [<version> <folder>]')
  process.exitCode = 2
} else {
  await checkout(version, folder)
}

/** Makes a folder hold exactly the SQL files of that version; other files in it stay. */
async function checkout(release: string, target: string): Promise<void> {
  const files = folderAt(release)
  await mkdir(target, {recursive: true})
  if ((await realpath(target)) === (await realpath(migrationsFolder))) {
    throw new Error('this would delete the example: name another folder')
  }
  for (const name of await readdir(target)) {
    if (name.endsWith('.sql') && !files.has(name)) await rm(join(target, name))
  }
  for (const [name, path] of files) await copyFile(path, join(target, name))
}
