import * as v from 'valibot'

/** A schema's own messages say what was expected: squizzle puts them behind that word. */
export const sftpConfigSchema = v.strictObject({
  host: v.pipe(v.string(), v.nonEmpty('the name of a host')),
  port: v.optional(v.pipe(v.number(), v.integer('a port')), 22),
  user: v.pipe(v.string(), v.nonEmpty('the name of a user')),
  /** On the server, for everything; it is made where its parent is there. */
  folder: v.pipe(v.string(), v.startsWith('/', 'a path that begins with a slash')),
  /** Of the server's key, as `ssh-keygen -l` prints it: without it, anybody could answer as the server. */
  fingerprint: v.pipe(v.string(), v.regex(/^SHA256:\S{43}$/, 'a fingerprint such as SHA256:...')),
  /** File with the user's key. Default: the keys that the SSH agent holds. */
  privateKey: v.optional(v.string()),
})

export type SftpConfig = v.InferOutput<typeof sftpConfigSchema>

/** What `--storage sftp://host:port/folder?user=...` stands for. Whether it is right, the schema says. */
export function configOfUrl(url: string): Record<string, unknown> | undefined {
  if (!url.startsWith('sftp://') || !URL.canParse(url)) return undefined
  const {hostname: host, port, pathname, searchParams} = new URL(url)
  const folder = decodeURIComponent(pathname)
  return {host, folder, ...(port && {port: Number(port)}), ...Object.fromEntries(searchParams)}
}

/** The same for the same place, and `configOfUrl` reads it. */
export function urlOf({host, port, folder, user, fingerprint, privateKey}: SftpConfig): string {
  const query = new URLSearchParams({user, fingerprint, ...(privateKey && {privateKey})})
  return `sftp://${host}:${port}${encodeURI(folder)}?${query}`
}
