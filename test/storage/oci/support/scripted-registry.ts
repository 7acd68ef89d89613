import {createHash, randomUUID} from 'node:crypto'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {createServer as createTlsServer} from 'node:https'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'

/** One request as the registry received it. */
export interface SeenRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly authorization: string | undefined
}

export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
) => void | 'pass' | Promise<void | 'pass'>

interface Fault {
  readonly matches: RegExp
  readonly answer: Answer
  left: number
}

interface Repository {
  readonly blobs: Map<string, Buffer>
  readonly manifests: Map<string, {readonly bytes: Buffer; readonly mediaType: string}>
  readonly tags: Map<string, string>
}

/** An in-memory registry that answers as the test says, else as the distribution specification does. */
export interface ScriptedRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>`. */
  readonly host: string
  readonly requests: readonly SeenRequest[]
  /** `GET /v2/a/b/manifests/1.0.0`, one a request. */
  readonly lines: () => string[]
  readonly forget: () => void
  /** The next `times` requests whose `METHOD path` matches are answered by the test; the newest fault is asked first. */
  readonly on: (matches: RegExp, answer: Answer, times?: number) => void
  readonly repository: (name: string) => Repository
}

export interface ScriptedOptions {
  readonly tls?: {readonly key: string; readonly cert: string}
  /** Asked before anything else. */
  readonly authorize?: Answer
}

/** Tags on one page of a tag list, so that even a short list has several. */
const pageSize = 100

export async function startScriptedRegistry(
  options: ScriptedOptions = {},
): Promise<ScriptedRegistry> {
  const repositories = new Map<string, Repository>()
  const faults: Fault[] = []
  const requests: SeenRequest[] = []

  function repository(name: string): Repository {
    const known = repositories.get(name)
    if (known) return known
    const made: Repository = {blobs: new Map(), manifests: new Map(), tags: new Map()}
    repositories.set(name, made)
    return made
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const {method = '', url = ''} = request
    requests.push({method, path: url, authorization: request.headers.authorization})
    const line = `${method} ${url}`
    const fault = faults.findLast(({matches, left}) => left > 0 && matches.test(line))
    if (fault) {
      fault.left -= 1
      if ((await fault.answer(request, response)) !== 'pass') return
    }
    if (options.authorize && (await options.authorize(request, response)) !== 'pass') return
    await serve(request, response, {repositories, repository})
  }

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  }
  const server: Server = options.tls
    ? createTlsServer(options.tls, listener)
    : createServer(listener)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const {port} = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    requests,
    lines: () => requests.map(({method, path}) => `${method} ${path}`),
    forget: () => {
      requests.length = 0
    },
    on: (matches, respond, times = Infinity) => {
      faults.push({matches, answer: respond, left: times})
    },
    repository,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

/** Answers with a status and, where given, an OCI error body. */
export function status(
  code: number,
  body?: {readonly code: string; readonly message: string; readonly detail?: unknown} | string,
  headers: Record<string, string> = {},
): Answer {
  return (request, response) => {
    const bytes = typeof body === 'object' ? JSON.stringify({errors: [body]}) : (body ?? '')
    const type = typeof body === 'object' ? 'application/json' : 'text/plain'
    response.writeHead(code, {'content-type': type, ...headers})
    response.end(request.method === 'HEAD' ? undefined : bytes)
  }
}

interface Store {
  readonly repositories: Map<string, Repository>
  readonly repository: (name: string) => Repository
}

async function serve(request: IncomingMessage, response: ServerResponse, store: Store) {
  const url = new URL(request.url ?? '', 'http://registry')
  if (url.pathname === '/v2/') return send(request, response, 200, '{}')
  const parts = /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.*)$/.exec(url.pathname)
  if (!parts) return send(request, response, 404, '')
  const [, path = '', kind, name = ''] = parts
  const uploading = path.endsWith('/blobs') && kind === 'blobs'
  if (kind === 'manifests') return manifests(request, response, store, path, name)
  if (kind === 'tags') return tags(request, response, store, path, url)
  if (uploading || name.startsWith('uploads')) {
    return uploads(request, response, store.repository(path), path, url)
  }
  const blob = store.repositories.get(path)?.blobs.get(name)
  if (!blob) return missing(request, response, 'BLOB_UNKNOWN')
  return send(request, response, 200, blob, {'docker-content-digest': name})
}

async function manifests(
  request: IncomingMessage,
  response: ServerResponse,
  store: Store,
  path: string,
  name: string,
) {
  if (request.method === 'PUT') {
    const bytes = Buffer.from(await text(request))
    const digest = digestOf(bytes)
    const repository = store.repository(path)
    const mediaType = request.headers['content-type'] ?? ''
    repository.manifests.set(digest, {bytes, mediaType})
    if (!name.startsWith('sha256:')) repository.tags.set(name, digest)
    return send(request, response, 201, '', {'docker-content-digest': digest})
  }
  const repository = store.repositories.get(path)
  const digest = name.startsWith('sha256:') ? name : (repository?.tags.get(name) ?? '')
  const manifest = repository?.manifests.get(digest)
  if (!repository || !manifest) return missing(request, response, 'MANIFEST_UNKNOWN')
  if (request.method === 'DELETE') {
    repository.manifests.delete(digest)
    for (const [tag, named] of repository.tags) if (named === digest) repository.tags.delete(tag)
    return send(request, response, 202, '')
  }
  const headers = {'content-type': manifest.mediaType, 'docker-content-digest': digest}
  return send(request, response, 200, manifest.bytes, headers)
}

async function uploads(
  request: IncomingMessage,
  response: ServerResponse,
  repository: Repository,
  path: string,
  url: URL,
) {
  if (request.method === 'POST') {
    const location = `/v2/${path}/blobs/uploads/${randomUUID()}`
    return send(request, response, 202, '', {location})
  }
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  const digest = url.searchParams.get('digest') ?? ''
  if (digestOf(bytes) !== digest) return missing(request, response, 'DIGEST_INVALID', 400)
  repository.blobs.set(digest, bytes)
  return send(request, response, 201, '', {'docker-content-digest': digest})
}

function tags(
  request: IncomingMessage,
  response: ServerResponse,
  store: Store,
  path: string,
  url: URL,
) {
  const repository = store.repositories.get(path)
  if (!repository) return missing(request, response, 'NAME_UNKNOWN')
  const names = [...repository.tags.keys()].toSorted()
  const last = url.searchParams.get('last')
  const start = last === null ? 0 : names.indexOf(last) + 1
  const page = names.slice(start, start + pageSize)
  const more = start + pageSize < names.length
  const link = `</v2/${path}/tags/list?last=${page.at(-1) ?? ''}&n=${pageSize}>; rel="next"`
  const body = JSON.stringify({name: path, tags: page})
  return send(request, response, 200, body, {
    'content-type': 'application/json',
    ...(more && {link}),
  })
}

function missing(request: IncomingMessage, response: ServerResponse, code: string, http = 404) {
  return status(http, {code, message: code.toLowerCase().replaceAll('_', ' ')})(request, response)
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  code: number,
  body: string | Buffer,
  headers: Record<string, string> = {},
) {
  const bytes = Buffer.from(body)
  response.writeHead(code, {'content-length': String(bytes.length), ...headers})
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
