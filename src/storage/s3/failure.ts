import {kindOfCode, type FailureKind} from './failure-kinds.ts'

export interface Failure {
  readonly kind: FailureKind
  /** What the SDK and the server said, fit for a terminal. */
  readonly text: string
  readonly status?: number
  /** The region that the bucket is in, where the server says so. */
  readonly region?: string
  /** The server's clock, where it is another one. */
  readonly serverTime?: Date
}

/** The parts of the SDK's errors, and of Node's, that say what happened; any may be absent. */
interface ThrownParts {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  /** As the server wrote it; the SDK makes a name up where there is none. */
  readonly Code?: unknown
  readonly Region?: unknown
  readonly $metadata?: {readonly httpStatusCode?: unknown; readonly requestId?: unknown}
  readonly $response?: {readonly headers?: Readonly<Record<string, string | undefined>>}
}

/** Characters: enough for what S3 says, and no page of somebody else's. */
const longestText = 500

/** Names what went wrong. A system's code comes before the SDK's name for it. */
export function classify(thrown: unknown): Failure {
  const error = partsOf(thrown)
  const status = Number(error.$metadata?.httpStatusCode) || undefined
  const headers = error.$response?.headers
  const region = textOf(error.Region) ?? headers?.['x-amz-bucket-region']
  const kind = kindOf(error, status)
  return {
    kind,
    text: describe(error, status),
    ...(status !== undefined && {status}),
    ...(region !== undefined && /^[a-z0-9-]{1,63}$/.test(region) && {region}),
    ...(kind === 'clock' && serverTimeOf(headers?.['date'])),
  }
}

/** Whether the server said this with an error code of S3. */
export function isNamed(thrown: unknown, ...names: readonly string[]): boolean {
  return names.includes(textOf(partsOf(thrown).name) ?? '')
}

export function statusOf(thrown: unknown): unknown {
  return partsOf(thrown).$metadata?.httpStatusCode
}

function kindOf(error: ThrownParts, status: number | undefined): FailureKind {
  const message = textOf(error.message) ?? ''
  if (/wrong version number/i.test(message)) return 'plain-http'
  // S3 names it in no other error
  if (textOf(error.Region) !== undefined) return 'region'
  for (const code of [textOf(error.code), textOf(error.name)]) {
    const kind = code === undefined ? undefined : kindOfCode(code)
    if (kind !== undefined) return refined(kind, message)
  }
  return status === undefined ? 'unknown' : kindOfStatus(status, textOf(error.Code))
}

function refined(kind: FailureKind, message: string): FailureKind {
  if (kind === 'no-credentials' && !message.includes('from any providers')) return 'credentials'
  if (kind === 'denied' && /\bkms\b/i.test(message)) return 'encryption'
  return kind
}

function kindOfStatus(status: number, code: string | undefined): FailureKind {
  if (status === 407) return 'proxy'
  if (status === 429) return 'limited'
  if (status >= 500) return 'busy'
  // S3 sends a code with every error: without one, somebody else answered
  return code === undefined ? 'not-s3' : 'unknown'
}

function describe(error: ThrownParts, status: number | undefined): string {
  const words = [textOf(error.code), textOf(error.name), textOf(error.message)]
  const request = textOf(error.$metadata?.requestId)
  const facts = [
    ...(status === undefined ? [] : [`status ${status}`]),
    ...(request === undefined ? [] : [`request ${request}`]),
  ]
  const said = words.filter((word) => word !== undefined && word !== 'UnknownError').join(': ')
  const text = facts.length === 0 ? said : `${said} (${facts.join(', ')})`
  return text.replaceAll(/\p{C}+/gu, ' ').slice(0, longestText)
}

function serverTimeOf(date: string | undefined): {serverTime?: Date} {
  const time = new Date(date ?? '')
  return Number.isNaN(time.getTime()) ? {} : {serverTime: time}
}

function partsOf(thrown: unknown): ThrownParts {
  return typeof thrown === 'object' && thrown !== null ? thrown : {message: String(thrown)}
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
