import {once} from 'node:events'
import {request} from 'node:https'

/** Rejects unless an HTTP server answers a GET with that status. */
export async function answersWith(status: number, url: string): Promise<void> {
  const response = await fetch(url)
  await response.arrayBuffer()
  check(status, url, response.status)
}

/** The same over TLS, trusting that certificate authority alone. */
export async function answersOverTls(status: number, url: string, ca: Buffer): Promise<void> {
  const sent = request(url, {ca, agent: false}).end()
  const [response] = await once(sent, 'response')
  response.resume()
  check(status, url, response.statusCode)
}

function check(wanted: number, url: string, status: unknown): void {
  if (status !== wanted) throw new Error(`${url} answers ${String(status)}`)
}
