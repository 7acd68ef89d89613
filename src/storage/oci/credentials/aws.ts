import {SquizzleError} from '../../../errors.ts'
import {childEnvironment} from '../environment.ts'
import {runProgram} from '../program.ts'
import type {Login} from './credentials.ts'

/** Milliseconds in which the AWS CLI gives a password, a detour over an identity provider included. */
const patience = 60_000

/**
 * What ECR takes for twelve hours, from the AWS CLI: it knows `AWS_PROFILE`, roles and single sign-on.
 * @throws AUTHENTICATION_REQUIRED
 */
export async function awsLogin(
  aws: string,
  region: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Login> {
  const args = ['ecr', 'get-login-password', '--region', region]
  const child = childEnvironment(env, ['ecr-login'])
  const result = await runProgram(aws, args, {env: child, signal, idle: {after: patience}})
  const password = result.stdout.toString('utf8').trim()
  if (result.ok && password !== '') return {username: 'AWS', password}
  throw new SquizzleError('AUTHENTICATION_REQUIRED', 'authentication required', {
    hint: `\`aws ecr get-login-password\` gave no password: run \`aws sso login\` or set AWS_PROFILE, then \`squizzle config validate\`.`,
    details: {credentials: 'aws ecr get-login-password'},
    cause: new Error(`aws ended with ${result.ending}`),
  })
}
