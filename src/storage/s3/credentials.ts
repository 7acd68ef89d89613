import type {StorageContext} from '../backend.ts'

/** What the SDK is told of credentials, and how people name where they come from. */
export interface CredentialOptions {
  readonly options: {
    readonly profile?: string
    readonly credentials?: {
      readonly accessKeyId: string
      readonly secretAccessKey: string
      readonly sessionToken?: string
    }
  }
  readonly source: string
}

/**
 * The first two links of the SDK's own chain, a profile that is named and keys in variables, are taken from the
 * variables that the storage is opened with. All else is left to the SDK, which looks at the process for it: shared
 * files, SSO, `credential_process`, web identities, and the roles of containers and instances. Whoever runs the process
 * sets those for the whole of it.
 */
export function credentialOptions({env, warn}: StorageContext): CredentialOptions {
  const profile = env['AWS_PROFILE']
  const accessKeyId = env['AWS_ACCESS_KEY_ID']
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY']
  const sessionToken = env['AWS_SESSION_TOKEN']
  const keys = accessKeyId && secretAccessKey
  if (profile) {
    // the SDK's order
    if (keys) warn('AWS_PROFILE and AWS_ACCESS_KEY_ID are both set: the profile is used')
    return {options: {profile}, source: `the profile ${profile}`}
  }
  if (keys) {
    const credentials = {accessKeyId, secretAccessKey, ...(sessionToken && {sessionToken})}
    const source = `AWS_ACCESS_KEY_ID${sessionToken ? ' with AWS_SESSION_TOKEN' : ''}`
    return {options: {credentials}, source}
  }
  // by its name, or keys in variables of the process that were not handed over would count
  return {options: {profile: 'default'}, source: "the AWS SDK's default chain"}
}

/** By what the SDK calls the features that brought credentials; the first that was used counts. */
const features: readonly (readonly [RegExp, string])[] = [
  [/WEB_ID/, 'a web identity token'],
  [/SSO|LOGIN/, 'a sign-in (AWS SSO)'],
  [/ASSUME_ROLE/, 'an assumed role'],
  [/PROCESS/, 'credential_process'],
  [/HTTP/, 'the role of this container'],
  [/IMDS/, 'the role of this machine'],
  [/PROFILE/, 'shared files'],
]

/** Which link of the chain brought the credentials, where the SDK says so. */
export function describeSource(identity: object, source: string): string {
  const {$source: used} = identity as {readonly $source?: Readonly<Record<string, string>>}
  const names = Object.keys(used ?? {})
  const found = features.find(([pattern]) => names.some((name) => pattern.test(name)))
  return found === undefined || source.startsWith('AWS_ACCESS_KEY_ID')
    ? source
    : `${source} (${found[1]})`
}
