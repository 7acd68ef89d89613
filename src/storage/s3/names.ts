/** Also the names that buckets could have before the rules of today, and have on other servers. */
const bucketGrammar = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i

const regionGrammar = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

/** Bytes: a key has 1,024 at most, and the longest key below a prefix is that of a tag with 128 characters. */
const longestPrefix = 1024 - 'tags/'.length - 128

/** Why a text can't be a bucket's name, in words that follow "expected"; undefined where it can. */
export function bucketProblem(text: string): string | undefined {
  if (/^[a-z0-9]+:\/\//i.test(text)) return "a bucket's name, without s3://"
  if (text.includes('/')) return "a bucket's name; what follows its / belongs to prefix"
  if (bucketGrammar.test(text) && !text.includes('..')) return undefined
  return "a bucket's name such as mycompany-squizzle"
}

export function regionProblem(text: string): string | undefined {
  return regionGrammar.test(text) ? undefined : 'a region such as eu-central-1'
}

/** A folder's path: what is no single path on every server, and in every tool that shows it, is none. */
export function prefixProblem(text: string): string | undefined {
  const path = text.replace(/\/$/, '')
  if (path === '') return undefined
  const odd = path.split('/').some((segment) => /^\.{0,2}$/.test(segment))
  if (odd) return 'a prefix such as migrations/, without empty parts, . and ..'
  if (/[\p{C}\\]/u.test(path)) return 'a prefix without control characters and backslashes'
  if (Buffer.byteLength(path) < longestPrefix) return undefined
  return `a prefix of less than ${longestPrefix} bytes`
}

export function endpointProblem(text: string): string | undefined {
  const wanted = 'a URL such as https://s3.example.com'
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null
  if (url === null) return wanted
  if (url.username !== '' || url.password !== '') return 'a URL without a user and a password'
  return url.search === '' && url.hash === '' ? undefined : `${wanted}, without ? and #`
}
