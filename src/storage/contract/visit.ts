import assert from 'node:assert/strict'
import {fork} from 'node:child_process'
import {once} from 'node:events'
import type {Errand, News} from './errand.ts'

/** Milliseconds after which a second process is taken to hang. */
const patience = 60_000

/** Sends another process to the storage. However it goes, the process is killed with its first news. */
export async function visit(visitor: URL, errand: Errand): Promise<News> {
  const child = fork(visitor, {stdio: ['ignore', 'ignore', 'pipe', 'ipc']})
  const said: Buffer[] = []
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk))
  const closed = once(child, 'close')
  child.send(errand)
  const news = await Promise.race([
    once(child, 'message', {signal: AbortSignal.timeout(patience)}).then(
      ([message]) => message as News,
    ),
    closed.then(() => undefined),
  ])
  child.kill('SIGKILL')
  await closed
  assert.ok(news !== undefined, `the other process ended: ${Buffer.concat(said).toString()}`)
  return news
}
