import {createHash} from 'node:crypto'
import {once} from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type {AddressInfo} from 'node:net'
import {buffer} from 'node:stream/consumers'

/** One request, as it arrived. */
export interface Asked {
  readonly method: string
  /** Without the bucket; empty for the bucket itself. */
  readonly key: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export type Answer = (response: ServerResponse) => void

export interface ScriptedServer {
  readonly url: string
  readonly asked: readonly Asked[]
  /** What is kept, by key. */
  readonly objects: Map<string, Buffer>
  /** Decides how a request is answered; undefined leaves it to the server. */
  script: (asked: Asked) => Answer | undefined
}

/**
 * An S3 server for one bucket that does as AWS documents it, except where its script says otherwise: for answers that
 * no real server can be brought to give. Signatures are not looked at.
 */
export async function withScriptedServer(
  work: (server: ScriptedServer) => Promise<void>,
): Promise<void> {
  const asked: Asked[] = []
  const objects = new Map<string, Buffer>()
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const {pathname, searchParams: query} = new URL(request.url ?? '', 'http://server')
    const key = decodeURIComponent(pathname.split('/').slice(2).join('/'))
    const {method = '', headers} = request
    const one = {method, key, query, headers, body: await buffer(request)}
    asked.push(one)
    const scene = scripted.script(one) ?? answerAsS3(one, objects)
    scene(response)
  }
  // a request that is given up half-way is no matter of ours
  const server = createServer((request, response) => void answer(request, response).catch(() => 0))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const {port} = server.address() as AddressInfo
  const scripted: ScriptedServer = {
    url: `http://127.0.0.1:${port}`,
    asked,
    objects,
    script: () => undefined,
  }
  try {
    await work(scripted)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

function answerAsS3({method, key, query, headers, body}: Asked, objects: Map<string, Buffer>) {
  const found = objects.get(key)
  if (method === 'PUT') {
    const changed = found === undefined ? headers['if-match'] : headers['if-none-match']
    const other = found !== undefined && ![undefined, etagOf(found)].includes(headers['if-match'])
    if (found === undefined && changed !== undefined) return refuse(404, 'NoSuchKey')
    if (changed !== undefined || other) return refuse(412, 'PreconditionFailed')
    objects.set(key, body)
    return accept({etag: etagOf(body)})
  }
  if (method === 'DELETE') {
    objects.delete(key)
    return (response: ServerResponse) => void response.writeHead(204).end()
  }
  if (key === '') return accept({}, listingOf(objects, query))
  return found === undefined ? refuse(404, 'NoSuchKey') : accept({etag: etagOf(found)}, found)
}

/** In pages of a thousand, in the order of the keys. */
function listingOf(objects: Map<string, Buffer>, query: URLSearchParams): string {
  const after = query.get('continuation-token') ?? ''
  const keys = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? ''))
  const left = keys.filter((key) => key > after).toSorted((a, b) => (a < b ? -1 : 1))
  const contents = left
    .slice(0, 1000)
    .map((key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length}</Size></Contents>`)
  const next =
    left.length > 1000 ? `<NextContinuationToken>${left[999]}</NextContinuationToken>` : ''
  const more = `<IsTruncated>${next !== ''}</IsTruncated>${next}`
  return `<ListBucketResult><Name>bucket</Name>${contents.join('')}${more}</ListBucketResult>`
}

/** Quoted, as in a header. */
export function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`
}

export function accept(
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = '',
): Answer {
  return (response) => void response.writeHead(200, headers).end(body)
}

/** An error as S3 writes it. */
export function refuse(
  status: number,
  code: string,
  {
    headers = {},
    message = 'in the words of the server',
    fields = '',
  }: {
    readonly headers?: Readonly<Record<string, string>>
    readonly message?: string
    readonly fields?: string
  } = {},
): Answer {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${fields}</Error>`
  return (response) =>
    void response.writeHead(status, {'content-type': 'application/xml', ...headers}).end(xml)
}

/** What a proxy, or whatever else listens there, would say. */
export function page(status: number): Answer {
  const html = '<!DOCTYPE html><html><body>Log in<br>here</body></html>'
  return (response) => void response.writeHead(status, {'content-type': 'text/html'}).end(html)
}
