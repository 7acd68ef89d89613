/** Opens a workspace as an ordinary user, asks its cache for a blob, and prints how that went. */
import type {Digest} from '../../../src/artifact/digest.ts'
import {isSquizzleError} from '../../../src/errors.ts'
import {withWorkspace} from '../../../src/storage/workspace/open.ts'
import {lastSeen, recordSeen} from '../../../src/storage/workspace/seen.ts'
import {readState} from '../../../src/storage/workspace/state.ts'
import {leaveRoot} from '../../support/nobody.ts'

const [folder = '', writable, tmp = '', digest = ''] = process.argv.slice(2)
leaveRoot()
const outcome = await withWorkspace(
  folder,
  {writable: writable === 'required' ? 'required' : 'optional', tmp},
  async (workspace) => {
    const blob = await workspace.cache.read(digest as Digest)
    const seen = lastSeen(await readState(workspace.folder), 'file:/srv', 'latest')
    await workspace.cache.write(Buffer.from('something new'))
    await recordSeen(workspace.folder, 'file:/srv', {other: digest as Digest})
    return {isPrivate: workspace.isPrivate, folder: workspace.folder, blob: String(blob), seen}
  },
).catch((error: unknown) => {
  if (!isSquizzleError(error)) throw error
  return {code: error.code, message: error.message, hint: error.hint}
})
process.stdout.write(JSON.stringify(outcome))
