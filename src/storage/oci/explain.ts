import {SquizzleError, type ErrorCode} from '../../errors.ts'
import type {Failure, FailureKind} from './failure.ts'
import type {Location} from './location.ts'

/** What was being done and with what, as far as an error says it. */
export interface Attempt {
  readonly location: Location
  /** As it follows the word "timeout": `pulling artifact`. */
  readonly doing: string
  /** Whether HTTP was spoken, not HTTPS. */
  readonly plainHttp: boolean
  /** Where the credentials came from. */
  readonly credentials: string
}

/** Code, what happened, what to do. `{...}` stands for a fact of the attempt. */
type Explanation = readonly [code: ErrorCode, message: string, hint: string]

const authentication: Explanation = [
  'AUTHENTICATION_REQUIRED',
  'authentication required',
  'Run `{login}`, or set OCI_USERNAME and OCI_PASSWORD; `squizzle config validate` tries them (credentials used: {credentials}).',
]

const notARegistry: Explanation = [
  'UNREACHABLE',
  '{registry} does not answer as a registry does',
  'Check its name; a proxy or a login page may stand in between.',
]

const explanations: Readonly<Record<FailureKind, Explanation>> = {
  'helper-missing': [
    'TOOL_MISSING',
    '{helper} was not found on PATH',
    "Docker's configuration names it: install it, or take it out there and run `{login}` again.",
  ],
  'helper-failed': [
    'AUTHENTICATION_REQUIRED',
    'authentication required',
    '{credentials} failed: unlock or repair it, or run `{login}`; then `squizzle config validate`.',
  ],
  'docker-config': [
    'CONFIG_INVALID',
    "Docker's configuration cannot be read",
    'Correct it, or run `{login}` again (credentials: {credentials}).',
  ],
  'ca-file': [
    'CONFIG_INVALID',
    'caFile cannot be read as a certificate',
    'It names a PEM file: -----BEGIN CERTIFICATE----- ...',
  ],
  interrupted: ['INTERRUPTED', 'interrupted', 'Run it again: what was transferred stays.'],
  'disk-full': [
    'NOT_WRITABLE',
    'no space left to write what {registry} sends',
    'Free some space, or name another folder with SQUIZZLE_CACHE_DIR.',
  ],
  'not-writable': [
    'NOT_WRITABLE',
    'the cache cannot be written',
    'Mount a writable folder there, or name another one with SQUIZZLE_CACHE_DIR.',
  ],
  'layer-missing': [
    'VERSION_NOT_FOUND',
    'the layer {digest} is neither in the cache nor in the storage',
    'Pull it from the storage that has it, or build or import it again.',
  ],
  immutable: [
    'TAG_IMMUTABLE',
    '{registry} forbids to move a tag of {repository}',
    'Its tags are set to immutable: release a new version, or exempt this tag there.',
  ],
  'rate-limited': [
    'RATE_LIMITED',
    'rate limit exceeded',
    '{registry} limits how often it may be asked: run `{login}`, or wait a while.',
  ],
  'plain-http': [
    'TLS',
    '{registry} speaks plain HTTP, not HTTPS',
    'If that is meant to be, set plainHttp: true beside registry in the configuration.',
  ],
  expired: [
    'TLS',
    'the certificate of {registry} has expired or is not valid yet',
    "Renew it, or correct this machine's clock.",
  ],
  'wrong-name': [
    'TLS',
    'the certificate of {registry} is for another name',
    'Use the name that the certificate is for, or have it issued for this one.',
  ],
  untrusted: [
    'TLS',
    'the certificate of {registry} is signed by an authority that is not trusted here',
    "Name the authority's certificate with caFile beside registry in the configuration.",
  ],
  tls: [
    'TLS',
    'no trusted TLS connection to {registry}',
    "Check the certificate, caFile in the configuration and this machine's clock.",
  ],
  'no-credentials': authentication,
  unauthorized: authentication,
  denied: [
    'PERMISSION_DENIED',
    'permission denied',
    'The credentials ({credentials}) do not allow this in {registry}/{repository}: ask for access, or log in as someone who has it.',
  ],
  'unknown-host': [
    'UNREACHABLE',
    '{registry} is not known: no such host',
    "Check the registry's name, the network and its name servers.",
  ],
  refused: [
    'UNREACHABLE',
    '{registry} cannot be reached',
    'Check that it runs, its port, the network and the proxy.',
  ],
  timeout: [
    'TIMEOUT',
    'timeout {doing}',
    'Check the network, or give it more time with --timeout <seconds>.',
  ],
  idle: [
    'TIMEOUT',
    'timeout {doing}',
    '{registry} fell silent: check the network and the registry, and try again.',
  ],
  'too-large': [
    'TOO_LARGE',
    '{registry} refuses something for its size',
    'Raise the limit for uploads there (or of the proxy before it), or split the release.',
  ],
  'blob-unknown': [
    'UNREACHABLE',
    '{registry} lost a blob that was uploaded',
    'Push again; if it stays so, the registry loses uploads.',
  ],
  'media-type': [
    'MEDIA_TYPE_REFUSED',
    "{registry} does not take squizzle's artifact type",
    'Allow application/vnd.squizzle.config.v1+json there (Quay: ALLOWED_OCI_ARTIFACT_TYPES), or use another registry: that of GitLab takes only types that it knows.',
  ],
  unsupported: [
    'USAGE',
    '{registry} does not support this',
    "Use the registry's own interface for it.",
  ],
  corrupt: [
    'INTEGRITY',
    'what came from or went to {registry} does not match its digest',
    'Try again; if it stays so, the registry or a proxy before it damages what it holds.',
  ],
  cut: [
    'CONNECTION_LOST',
    'the connection to {registry} broke',
    'Try again: what was transferred stays.',
  ],
  busy: [
    'UNREACHABLE',
    '{registry} fails to answer{status}',
    "Try again later, and look at the registry's status page or log.",
  ],
  'repository-unknown': [
    'CONFIG_INVALID',
    '{registry} has no repository {repository}',
    'Create it there first: this registry does not do so on a push.',
  ],
  'not-found': [
    'VERSION_NOT_FOUND',
    'not found in {registry}/{repository}',
    'See what is there with `squizzle list`.',
  ],
  'no-digest': notARegistry,
  'not-a-registry': notARegistry,
  'bad-request': [
    'UNEXPECTED',
    '{registry} refuses the request',
    'Run it with --verbose for what the registry said.',
  ],
  unknown: [
    'UNEXPECTED',
    'oras failed {doing}: {words}',
    'Run it with --verbose for everything that oras said.',
  ],
}

/** What is worth saying in other words in one registry's or one setting's case. */
function nuance({kind, text}: Failure, attempt: Attempt): Explanation | undefined {
  if (kind === 'rate-limited' && attempt.location.registry === 'docker.io') {
    const hint =
      'Docker Hub limits pulls, anonymous ones most: run `docker login`, use a paid plan, or wait.'
    return ['RATE_LIMITED', 'rate limit exceeded', hint]
  }
  if (kind === 'denied' && text.includes('write_package')) {
    const hint =
      "GITHUB_TOKEN writes only packages linked to its repository: give that the role Write in the package's settings, and `packages: write` in the workflow."
    return ['PERMISSION_DENIED', 'permission denied', hint]
  }
  if (kind === 'bad-request' && attempt.plainHttp) {
    const hint = 'If it speaks HTTPS, set plainHttp: false beside registry in the configuration.'
    return ['TLS', '{registry} does not answer plain HTTP as a registry does', hint]
  }
  return undefined
}

/** What people read of a failure; the registry's own words stand in the cause. */
export function explain(failure: Failure, attempt: Attempt): SquizzleError {
  const [code, message, hint] = nuance(failure, attempt) ?? explanations[failure.kind]
  const {registry, repository} = attempt.location
  const facts = factsOf(failure.text, attempt)
  const fill = (template: string) =>
    template.replaceAll(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? '')
  return new SquizzleError(code, fill(message), {
    hint: fill(hint),
    details: {registry, repository, credentials: attempt.credentials},
    cause: new Error(failure.text),
  })
}

function factsOf(text: string, attempt: Attempt): Readonly<Record<string, string>> {
  const {registry, repository} = attempt.location
  const status = /status code (5\d\d)/.exec(text)?.[1]
  return {
    registry,
    repository,
    doing: attempt.doing,
    credentials: attempt.credentials,
    // Docker Hub is what `docker login` means by itself
    login: registry === 'docker.io' ? 'docker login' : `docker login ${registry}`,
    helper: /docker-credential-[\w.-]+/.exec(text)?.[0] ?? 'a credential helper',
    digest: /sha256:[0-9a-f]{64}/.exec(text)?.[0] ?? '',
    status: status === undefined ? '' : ` (status ${status})`,
    words: firstWords(text) || 'it ended without a word',
  }
}

/** The first line of a message without its prefix, cut where it gets long. */
function firstWords(text: string): string {
  const line = /^Error(?: response from registry)?: (.*)$/m.exec(text)?.[1] ?? text.split('\n')[0]
  return (line ?? '').slice(0, 300)
}
