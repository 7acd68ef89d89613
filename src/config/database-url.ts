import {resolve} from 'node:path'
import type {Problem} from './problems/problems.ts'

const embeddedScheme = 'pglite:'

/** Kept in memory only; a folder of that name is written `pglite:./memory`. */
const inMemory = 'pglite:memory'

export type DatabaseUrl =
  | {readonly ok: true; readonly url: string}
  | {readonly ok: false; readonly problem: Problem}

/**
 * A database URL, checked as far as it can be without connecting, a relative folder made absolute.
 * Of a wrong one nothing but its scheme is ever shown.
 */
export function parseDatabaseUrl(text: string, root: string, path: string): DatabaseUrl {
  const url = text.trim()
  if (url.startsWith(embeddedScheme)) return parseEmbedded(url, root, path)
  const [, scheme] = /^([a-z][a-z0-9+.-]{0,30}):/i.exec(url) ?? []
  if (scheme === undefined || !/^postgres(?:ql)?:\/\//i.test(url)) {
    const found = scheme === undefined ? 'a string without a scheme' : `a ${scheme}: URL`
    const expected = 'a URL that begins with postgres://, postgresql:// or pglite:'
    return {ok: false, problem: {path, found, expected}}
  }
  const problem = serverUrlProblem(url)
  return problem === undefined ? {ok: true, url} : {ok: false, problem: {path, ...problem}}
}

function parseEmbedded(url: string, root: string, path: string): DatabaseUrl {
  const folder = url.slice(embeddedScheme.length)
  if (folder === '' || folder.startsWith('//')) {
    const expected = 'pglite:<folder> as in pglite:.squizzle/database, or pglite:memory'
    return {ok: false, problem: {path, found: folder === '' ? 'no folder' : '"//"', expected}}
  }
  return {ok: true, url: url === inMemory ? url : embeddedScheme + resolve(root, folder)}
}

const unescaped = {
  expected: 'a PostgreSQL URL whose user and password have / ? # @ : and % percent-encoded',
  found: 'one where they are not',
}

const unset = {
  expected: 'a PostgreSQL URL',
  found: 'one with "undefined" in it (a variable that it is built from is not set)',
}

function serverUrlProblem(url: string): Omit<Problem, 'path'> | undefined {
  const [first, ...others] = hostsOf(url)
  const one = others.length === 0 ? url : url.replace(severalHosts, `$1${first}`)
  if (!URL.canParse(one)) return unescaped
  const {username, password, hostname, pathname, search, hash} = new URL(one)
  // A "#", "/" or "?" inside a password ends what is read as the host: it would lead elsewhere.
  if (hash !== '' || (username === '' && (pathname + search).includes('@'))) return unescaped
  const names = others.map((host) => host.replace(/:\d*$/, ''))
  const parts = [username, password, hostname, ...names, pathname.slice(1)].map(decode)
  if (parts.includes(undefined)) return unescaped
  return parts.includes('undefined') ? unset : undefined
}

/** What stands before the hosts, and the hosts: several are separated by commas, which no other URL has. */
const severalHosts = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]*)/i

function hostsOf(url: string): readonly string[] {
  return severalHosts.exec(url)?.[2]?.split(',') ?? []
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
