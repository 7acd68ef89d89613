/** What went wrong, by what the SDK threw. */
export type FailureKind =
  | 'no-credentials'
  | 'credentials'
  | 'unknown-key'
  | 'wrong-secret'
  | 'expired'
  | 'clock'
  | 'denied'
  | 'encryption'
  | 'no-bucket'
  | 'region'
  | 'limited'
  | 'full'
  | 'too-large'
  | 'unsupported'
  | 'unknown-host'
  | 'refused'
  | 'cut'
  | 'silent'
  | 'proxy'
  | 'plain-http'
  | 'certificate-dates'
  | 'certificate-name'
  | 'certificate'
  | 'busy'
  | 'not-s3'
  | 'unknown'

/** Error codes of S3 (API reference, "Error responses"), and what Ceph and MinIO add to them. */
const codes: Readonly<Record<string, FailureKind>> = {
  CredentialsProviderError: 'no-credentials',
  AuthorizationHeaderMalformed: 'unknown-key',
  InvalidAccessKeyId: 'unknown-key',
  SignatureDoesNotMatch: 'wrong-secret',
  ExpiredToken: 'expired',
  InvalidToken: 'expired',
  TokenRefreshRequired: 'expired',
  RequestExpired: 'clock',
  RequestTimeTooSkewed: 'clock',
  AccessDenied: 'denied',
  AccountProblem: 'denied',
  AllAccessDisabled: 'denied',
  NotSignedUp: 'denied',
  NoSuchBucket: 'no-bucket',
  IllegalLocationConstraintException: 'region',
  PermanentRedirect: 'region',
  TemporaryRedirect: 'region',
  BandwidthLimitExceeded: 'limited',
  RequestLimitExceeded: 'limited',
  SlowDown: 'limited',
  ServiceQuotaExceededException: 'full',
  QuotaExceeded: 'full',
  XMinioStorageFull: 'full',
  EntityTooLarge: 'too-large',
  MethodNotAllowed: 'unsupported',
  NotImplemented: 'unsupported',
  EAI_AGAIN: 'unknown-host',
  ENOTFOUND: 'unknown-host',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ECONNABORTED: 'cut',
  ECONNRESET: 'cut',
  EPIPE: 'cut',
  ETIMEDOUT: 'silent',
  RequestTimeout: 'silent',
  TimeoutError: 'silent',
  ERR_PROXY_TUNNEL: 'proxy',
  CERT_HAS_EXPIRED: 'certificate-dates',
  CERT_NOT_YET_VALID: 'certificate-dates',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-name',
}

const patterns: readonly (readonly [RegExp, FailureKind])[] = [
  [/^KMS\./, 'encryption'],
  [/^HPE_/, 'not-s3'],
  [/CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS|^ERR_SSL/, 'certificate'],
]

/** Undefined where the code, of S3 or of the system, is not among those that say more than it does itself. */
export function kindOfCode(code: string): FailureKind | undefined {
  if (Object.hasOwn(codes, code)) return codes[code]
  return patterns.find(([pattern]) => pattern.test(code))?.[1]
}
