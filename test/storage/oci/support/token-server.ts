import {randomUUID} from 'node:crypto'
import {basicHeader, type Login} from './basic-auth.ts'
import {
  startScriptedRegistry,
  status,
  type Answer,
  type ScriptedRegistry,
} from './scripted-registry.ts'

/** A server that gives tokens for what a login may do, and the registry side that wants them. */
export interface TokenAuth extends AsyncDisposable {
  readonly server: ScriptedRegistry
  /** Lets in who has a token for what the request does. */
  readonly authorize: Answer
}

/**
 * Bearer tokens as the distribution specification describes them.
 * @param allowed what each login may do (`pull`, `push`); without a login nothing.
 */
export async function startTokenAuth(
  allowed: readonly (Login & {readonly actions: readonly string[]})[],
): Promise<TokenAuth> {
  const tokens = new Map<string, readonly string[]>()
  const server = await startScriptedRegistry({
    authorize(request, response) {
      const header = request.headers.authorization
      const known = allowed.find((login) => basicHeader(login) === header)
      if (header !== undefined && known === undefined) {
        // as Docker Hub's token server does
        return status(401, '{"details":"incorrect username or password"}')(request, response)
      }
      const scope = new URL(request.url ?? '', 'http://tokens').searchParams.get('scope') ?? ''
      const asked = scope.split(':').at(-1)?.split(',') ?? []
      const token = randomUUID()
      tokens.set(
        token,
        asked.filter((action) => known?.actions.includes(action)),
      )
      response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify({token}))
    },
  })
  return {
    server,
    authorize(request, response) {
      const action = request.method === 'GET' || request.method === 'HEAD' ? 'pull' : 'push'
      const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
      if (tokens.get(token)?.includes(action)) return 'pass'
      const repository = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(request.url ?? '')?.[1]
      const scope = `repository:${repository}:${action === 'pull' ? 'pull' : 'pull,push'}`
      const challenge = `Bearer realm="http://${server.host}/token",service="tests",scope="${scope}"`
      const error = {code: 'UNAUTHORIZED', message: 'authentication required', detail: null}
      return status(401, error, {'www-authenticate': challenge})(request, response)
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
