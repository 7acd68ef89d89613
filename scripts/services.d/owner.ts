import {chownSync} from 'node:fs'

/** The user "nobody" of Debian and most other systems. */
const nobody = {uid: 65_534, gid: 65_534} as const

const isRoot = process.getuid?.() === 0

/** PostgreSQL refuses to run as root and no server needs to: as root, they run as nobody. */
export const serverUser: {readonly uid?: number; readonly gid?: number} = isRoot ? nobody : {}

/** Gives a file or an empty folder to the user that servers run as. */
export function giveToServer(path: string): void {
  if (isRoot) chownSync(path, nobody.uid, nobody.gid)
}
