import {execFile} from 'node:child_process'
import {promisify} from 'node:util'

const run = promisify(execFile)

/** What git knows of a project, as far as it is one of git's. */
export interface GitFacts {
  /** HEAD's commit. */
  readonly revision?: string
  /** The remote `origin`, fit for an annotation that everybody can read. */
  readonly source?: string
  /** HEAD's commit time, ISO 8601; absent where the folder has changes that are not committed. */
  readonly committed?: string
}

/** Asks git about a folder; nothing where git or a repository is missing. */
export async function gitFacts(folder: string): Promise<GitFacts> {
  const git = async (...args: string[]): Promise<string | undefined> => {
    try {
      const {stdout} = await run('git', ['-C', folder, ...args], {timeout: 10_000})
      return stdout.trim()
    } catch {
      return undefined
    }
  }
  const revision = await git('rev-parse', '--verify', '--quiet', 'HEAD')
  if (revision === undefined || revision === '') return {}
  const [remote, changes, time] = await Promise.all([
    git('remote', 'get-url', 'origin'),
    git('status', '--porcelain', '--', '.'),
    git('show', '-s', '--format=%ct', 'HEAD'),
  ])
  const source = remote === undefined ? undefined : publicRemote(remote)
  return {
    revision,
    ...(source !== undefined && {source}),
    ...(changes === '' && time !== undefined && {committed: isoTime(Number(time))}),
  }
}

/** Seconds since the epoch as ISO 8601 without fractions, as annotations have it. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}

/**
 * A git remote without user info and query: a CI token must not land in an annotation that nobody can take back.
 * An scp-style one becomes https; what doesn't parse is left out.
 */
export function publicRemote(remote: string): string | undefined {
  const scp = /^(?:[^@/\s]+@)?(?<host>[A-Za-z0-9.-]+):(?!\/)(?<path>[^\s?#]+)$/.exec(remote)
  const [host, path] = [scp?.groups?.['host'], scp?.groups?.['path']]
  const text = host !== undefined && path !== undefined ? `https://${host}/${path}` : remote
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (!['http:', 'https:', 'ssh:', 'git:'].includes(url.protocol) || url.hostname === '') {
    return undefined
  }
  const web = url.protocol === 'ssh:' ? `https://${url.hostname}` : `${url.protocol}//${url.host}`
  return `${web}${url.pathname}`
}
