import {status, type Answer} from './scripted-registry.ts'

export interface Login {
  readonly username: string
  readonly password: string
}

export function basicHeader({username, password}: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** Lets in who has the password, as distribution does with htpasswd. */
export function requireBasic(login: Login): Answer {
  const refuse = status(
    401,
    {code: 'UNAUTHORIZED', message: 'authentication required', detail: null},
    {'www-authenticate': 'Basic realm="tests"'},
  )
  return (request, response) =>
    request.headers.authorization === basicHeader(login) ? 'pass' : refuse(request, response)
}
