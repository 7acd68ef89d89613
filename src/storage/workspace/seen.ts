import type {Digest} from '../../artifact/digest.ts'
import {changeState, readState, type WorkspaceState} from './state.ts'

/** What a tag of a storage named when this workspace last looked. */
export function lastSeen(state: WorkspaceState, url: string, tag: string): Digest | undefined {
  const tags = state.storages[url]?.tags
  // a tag may well be called `constructor`
  return tags !== undefined && Object.hasOwn(tags, tag) ? tags[tag] : undefined
}

/** The same tag in every storage that this workspace has looked at. */
export function seenAnywhere(
  state: WorkspaceState,
  tag: string,
): readonly {readonly url: string; readonly digest: Digest}[] {
  return Object.keys(state.storages).flatMap((url) => {
    const digest = lastSeen(state, url, tag)
    return digest === undefined ? [] : [{url, digest}]
  })
}

/**
 * Remembers what tags of a storage name now; undefined forgets one. Writes only what is new, so that a
 * workspace that can't be written is no trouble while nothing changes.
 * @throws NOT_WRITABLE
 */
export async function recordSeen(
  workspace: string,
  url: string,
  seen: Readonly<Record<string, Digest | undefined>>,
): Promise<void> {
  const isNews = (state: WorkspaceState) =>
    Object.entries(seen).some(([tag, digest]) => lastSeen(state, url, tag) !== digest)
  if (!isNews(await readState(workspace))) return
  await changeState(workspace, (state) => {
    const known = state.storages[url]
    const tags = Object.entries({...known?.tags, ...seen}).filter(isKnown)
    const storage = {...known, tags: Object.fromEntries(tags)}
    return {...state, storages: {...state.storages, [url]: storage}}
  })
}

function isKnown(entry: [string, Digest | undefined]): entry is [string, Digest] {
  return entry[1] !== undefined
}
