/** What went wrong, by what `oras` printed. */
export type FailureKind =
  | 'helper-missing'
  | 'helper-failed'
  | 'docker-config'
  | 'ca-file'
  | 'interrupted'
  | 'disk-full'
  | 'not-writable'
  | 'layer-missing'
  | 'immutable'
  | 'rate-limited'
  | 'plain-http'
  | 'untrusted'
  | 'wrong-name'
  | 'expired'
  | 'tls'
  | 'no-credentials'
  | 'unauthorized'
  | 'denied'
  | 'unknown-host'
  | 'refused'
  | 'timeout'
  | 'idle'
  | 'too-large'
  | 'blob-unknown'
  | 'media-type'
  | 'unsupported'
  | 'corrupt'
  | 'cut'
  | 'busy'
  | 'repository-unknown'
  | 'not-found'
  | 'no-digest'
  | 'not-a-registry'
  | 'bad-request'
  | 'unknown'

export interface Failure {
  readonly kind: FailureKind
  /** What oras and the registry said, free of addresses' secrets and control characters. */
  readonly text: string
  /** The registry gave a status and nothing else: a GET may say why. */
  readonly bare: boolean
  /** Milliseconds that the registry asks to wait. */
  readonly wait?: number
}

/**
 * The first that fits counts: a registry that forbids to move a tag says so with the same status as one that
 * forbids everything, and a certificate is refused on a connection that then breaks.
 * Seen with oras 1.3.3; what only hosted registries say is quoted in the tests, with its source.
 */
const kinds: readonly (readonly [FailureKind, RegExp])[] = [
  ['helper-missing', /failed to resolve credential: exec: .*executable file not found/],
  ['docker-config', /failed to decode (?:config file|auth field)|invalid config format/],
  ['helper-failed', /failed to resolve credential/],
  ['ca-file', /failed to load certificate/],
  ['interrupted', /^error: interrupt signal received/m],
  ['disk-full', /no space left on device|disk quota exceeded/],
  [
    'not-writable',
    /(?:open|mkdir|create|rename|chmod) .+: (?:permission denied|read-only file system)/,
  ],
  ['layer-missing', /from source oci-layout for .*: not found$/m],
  ['immutable', /immutable|cannot (?:be overwritten|overwrite)|registry disallowed operation/],
  ['rate-limited', /toomanyrequests|status code 429|rate limit/],
  ['plain-http', /server gave http response to https client/],
  ['expired', /x509: certificate has expired/],
  [
    'wrong-name',
    /x509: (?:certificate is valid for|cannot validate certificate for|certificate is not valid for)/,
  ],
  ['untrusted', /x509: certificate signed by unknown authority/],
  ['tls', /x509:|tls:/],
  ['no-credentials', /basic credential not found|missing username or password/],
  ['unauthorized', /\bunauthorized:|status code 401|authentication required/],
  ['denied', /\bdenied:|status code 403/],
  ['unknown-host', /no such host|server misbehaving/],
  ['refused', /connection refused|no route to host|network is unreachable/],
  [
    'timeout',
    /i\/o timeout|tls handshake timeout|deadline exceeded|timeout awaiting|status code (?:408|504)/,
  ],
  ['too-large', /status code 413|too large|exceeds maxmetadatabytes|size exceeds limit/],
  ['blob-unknown', /blob (?:upload )?unknown|blob upload invalid/],
  ['media-type', /manifest invalid|media type|mediatype|status code 415/],
  ['unsupported', /status code 405|\bunsupported:|dangling tag/],
  [
    'corrupt',
    /mismatched digest|digest mismatch|digest invalid|trailing data|mismatch content-length|expected content size/,
  ],
  [
    'cut',
    /unexpected eof|: eof$|connection reset|broken pipe|connection broken|closed network connection/m,
  ],
  ['busy', /status code 5\d\d|unknown: unknown error|internal (?:server )?error|unavailable/],
  ['repository-unknown', /name unknown|repository .*(?:not found|does not exist)/],
  ['not-found', /: not found$|manifest unknown|status code 404/m],
  ['no-digest', /missing required header/],
  ['not-a-registry', /failed to decode response|invalid character/],
  ['bad-request', /status code 400/],
]

/**
 * Names what went wrong.
 * @param stderr what oras printed.
 * @param repository `registry/repository`, taken out before looking: a repository may be called `denied`.
 */
export function classify(stderr: string, repository: string): Failure {
  const text = clean(stderr)
  const looked = words(text, repository)
  const kind = kinds.find(([, pattern]) => pattern.test(looked))?.[0] ?? 'unknown'
  const wait = waitOf(looked)
  return {
    kind,
    text,
    bare: /head "": response status code 40[013]/.test(looked),
    ...(wait !== undefined && {wait}),
  }
}

/** Free of what could act on a terminal, of queries, which sign addresses, and of a header that a registry says back. */
function clean(stderr: string): string {
  return stderr
    .replaceAll(/[^\P{C}\n]/gu, ' ')
    .replaceAll(/(https?:\/\/[^\s"?]*)\?[^\s"]*/gi, '$1?...')
    .replaceAll(/(https?:\/\/)[^\s"/@]*@/gi, '$1')
    .replaceAll(/\b(basic|bearer) (?!credential\b)[\w.~+/=-]{8,}/gi, '$1 ***')
    .trim()
}

const tagOrDigest = /^(?:@sha256:[0-9a-f]{64}|:[\w.-]+)/

/** oras's own message without what is quoted in it; a helper's words before it are another program's. */
function words(text: string, repository: string): string {
  const start = text.search(/^Error/m)
  return text
    .slice(Math.max(start, 0))
    .replaceAll(/"[^"\n]*"/g, '""')
    .split(repository)
    .map((part, index) => (index === 0 ? part : part.replace(tagOrDigest, '')))
    .join('')
    .toLowerCase()
}

/** GHCR says in its message how long to wait: `retry-after: 526.931µs, allowed: 44000/minute`. */
function waitOf(text: string): number | undefined {
  const [, amount, unit] = /retry-after: ([\d.]+)(ms|µs|us|ns|m|s)?\b/.exec(text) ?? []
  if (amount === undefined) return undefined
  const factor = {ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000}[unit ?? 's'] ?? 1000
  return Math.ceil(Number(amount) * factor)
}
