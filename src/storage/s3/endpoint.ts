import {SquizzleError} from '../../errors.ts'
import {endpointProblem} from './names.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Read as the SDK reads them, so that a storage's url says which server it is. */
const variables = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL']

/** The server that is configured, undefined for AWS. @throws CONFIG_INVALID where a variable holds none */
export function configuredEndpoint(
  configured: string | undefined,
  env: Environment,
): string | undefined {
  const variable = variables.find((name) => env[name])
  if (configured !== undefined) return spelled(configured)
  if (variable === undefined || env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') {
    return undefined
  }
  const text = env[variable] ?? ''
  const problem = endpointProblem(text)
  if (problem === undefined) return spelled(text)
  throw new SquizzleError('CONFIG_INVALID', `${variable} is not ${problem}`, {
    hint: 'Correct it, or set storage.config.endpoint.',
  })
}

/** One spelling for one server. */
function spelled(endpoint: string): string {
  return new URL(endpoint).href.replace(/\/$/, '')
}

/** Whether it is AWS that is spoken to, whose endpoints may be named as well. */
export function isAws(endpoint: string | undefined): boolean {
  return endpoint === undefined || /\.amazonaws\.com(?:\.cn)?$/.test(new URL(endpoint).hostname)
}
