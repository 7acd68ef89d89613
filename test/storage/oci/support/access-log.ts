import {randomUUID} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {setTimeout as sleep} from 'node:timers/promises'
import {service} from '../../../support/services.ts'

/** What the plain registry did, by its own access log. */
export interface AccessLog {
  /** `GET /v2/a/b/manifests/1.0.0 200`, one a request since it was looked at last. */
  readonly lines: () => Promise<string[]>
}

/** Reads from the end of the log as it is now. */
export async function followLog(file: string): Promise<AccessLog> {
  let seen = await lengthAfterMark(file)
  return {
    async lines() {
      const end = await lengthAfterMark(file)
      const added = (await readFile(file, 'utf8')).slice(seen, end)
      seen = end
      return [...added.matchAll(/"([A-Z]+) (\/v2\/[^ "]*)[^"]*" (\d+)/g)]
        .filter(([, , path]) => !path?.startsWith(mark))
        .map(([, method, path, status]) => `${method} ${path?.replace(/\?.*/, '')} ${status}`)
    },
  }
}

const mark = '/v2/?mark='

/** A line is written after its answer was sent: once a later request's line is there, so are all before it. */
async function lengthAfterMark(file: string): Promise<number> {
  const path = `${mark}${randomUUID()}`
  await (await fetch(`${service('registry').url}${path}`)).text()
  for (;;) {
    const text = await readFile(file, 'utf8')
    const at = text.indexOf(path)
    const end = at === -1 ? -1 : text.indexOf('\n', at)
    if (end !== -1) return end + 1
    await sleep(2)
  }
}
