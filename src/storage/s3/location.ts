import {SquizzleError} from '../../errors.ts'

/** Where in S3 a storage is. */
export interface Location {
  readonly bucket: string
  /** Empty, or ends with a slash. */
  readonly prefix: string
  readonly region: string
  /** Undefined for AWS. */
  readonly endpoint: string | undefined
  /** Only where it is not what the endpoint lets one expect. */
  readonly forcePathStyle: boolean | undefined
}

/** One spelling for one place: with a slash at the end, where there is a prefix. */
export function folderOf(prefix = ''): string {
  return prefix === '' || prefix.endsWith('/') ? prefix.replace(/^\/$/, '') : `${prefix}/`
}

/** For people: `s3://bucket/prefix`. */
export function shortName({bucket, prefix}: Pick<Location, 'bucket' | 'prefix'>): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix.slice(0, -1)}`}`
}

/** All that is needed to open the same place again: free of secrets, and `configOfUrl` reads it. */
export function urlOf(location: Location): string {
  const {bucket, prefix, region, endpoint, forcePathStyle} = location
  const path = prefix.split('/').map(encodeURIComponent).join('/').replace(/\/$/, '')
  const query = new URLSearchParams({region})
  if (endpoint !== undefined) query.set('endpoint', endpoint)
  if (forcePathStyle !== undefined) query.set('forcePathStyle', String(forcePathStyle))
  // a query may hold both as they are, and people read this
  const readable = query.toString().replaceAll('%3A', ':').replaceAll('%2F', '/')
  return `s3://${bucket}${path === '' ? '' : `/${path}`}?${readable}`
}

/** What may follow the question mark. */
const parameters = ['region', 'endpoint', 'forcePathStyle']

/**
 * The `storage.config` that `s3://bucket/prefix?region=..&endpoint=..&forcePathStyle=true` stands for; undefined for
 * other URLs. What is wrong in the values is left to the configuration's schema.
 * @throws CONFIG_INVALID, showing nothing that may be a secret
 */
export function configOfUrl(url: string): Readonly<Record<string, unknown>> | undefined {
  const [, authority, path = '', query = ''] =
    /^s3:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?(.*))?$/is.exec(url) ?? []
  if (authority === undefined) return undefined
  if (authority.includes('@')) {
    throw invalidUrl('an s3:// URL names a bucket, without credentials before it')
  }
  const given = [...new URLSearchParams(query)]
  const names = given.map(([name]) => name)
  const odd = names.find((name, at) => !parameters.includes(name) || names.indexOf(name) < at)
  if (odd !== undefined) {
    // an unknown one may be anything, also a secret
    const what = parameters.includes(odd) ? `${odd} twice` : 'an unknown parameter'
    throw invalidUrl(`an s3:// URL has ${what}`)
  }
  const {forcePathStyle, ...rest} = Object.fromEntries(given)
  return {
    bucket: authority,
    ...(path !== '' && {prefix: decoded(path)}),
    ...rest,
    ...(forcePathStyle !== undefined && {forcePathStyle: flagOf(forcePathStyle)}),
  }
}

function flagOf(text: string): unknown {
  return text === 'true' ? true : text === 'false' ? false : text
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw invalidUrl('the path of an s3:// URL has a % that is no escape')
  }
}

function invalidUrl(message: string): SquizzleError {
  const query = parameters.map((name) => `${name}=...`).join('&')
  return new SquizzleError('CONFIG_INVALID', message, {
    hint: `Write s3://bucket/prefix?${query}; credentials come from the environment or a profile.`,
  })
}
