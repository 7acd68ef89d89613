import {hostOf} from '../location.ts'

/** A cloud whose own tools give credentials for its registries. */
export interface Cloud {
  /** Credential helpers to look for on PATH, the best first: `ecr-login` is `docker-credential-ecr-login`. */
  readonly helpers: readonly string[]
  /** The region of an ECR registry, for `aws ecr get-login-password`. */
  readonly awsRegion?: string
}

/** `123456789012.dkr.ecr.eu-west-1.amazonaws.com`, FIPS and China's included. */
const ecr = /^\d+\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/

/** `gcr.io`, `eu.gcr.io`, `europe-west1-docker.pkg.dev`. */
const google = /^(?:(?:[a-z0-9-]+\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev)$/

const azure = /^[a-z0-9]+(?:\.[a-z0-9-]+)*\.azurecr\.(?:io|cn|us|de)$/

export function cloudOf(registry: string): Cloud | undefined {
  const host = hostOf(registry)
  const awsRegion = ecr.exec(host)?.[1]
  if (awsRegion !== undefined) return {helpers: ['ecr-login'], awsRegion}
  if (host === 'public.ecr.aws') return {helpers: ['ecr-login']}
  if (google.test(host)) return {helpers: ['gcloud', 'gcr']}
  if (azure.test(host)) return {helpers: ['acr-env']}
  return undefined
}
