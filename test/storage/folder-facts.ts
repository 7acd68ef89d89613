import {createHash} from 'node:crypto'
import {lstat, readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'

/** Files of a blob folder whose content is not what their name says; temporary ones are nobody's business. */
export async function falseBlobs(folder: string): Promise<string[]> {
  const blobs = join(folder, 'blobs', 'sha256')
  const names = await readdir(blobs).catch(() => [])
  const wrong: string[] = []
  for (const name of names.filter((one) => !one.startsWith('.tmp-'))) {
    const bytes = await readFile(join(blobs, name))
    if (createHash('sha256').update(bytes).digest('hex') !== name) wrong.push(name)
  }
  return wrong
}

/** Everything below a folder, as paths from there with the size of files. */
export async function treeOf(folder: string): Promise<Record<string, number | 'folder' | 'link'>> {
  const tree: Record<string, number | 'folder' | 'link'> = {}
  const paths = await readdir(folder, {recursive: true}).catch(() => [])
  for (const path of paths.toSorted((a, b) => (a < b ? -1 : 1))) {
    const found = await lstat(join(folder, path))
    tree[path] = found.isFile() ? found.size : found.isSymbolicLink() ? 'link' : 'folder'
  }
  return tree
}
