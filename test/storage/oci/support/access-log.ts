import {readFile} from 'node:fs/promises'
import {setTimeout as sleep} from 'node:timers/promises'

/** What a registry did, by its own access log. */
export interface AccessLog {
  /** `GET /v2/a/b/manifests/1.0.0 200`, one a request since it was looked at last. */
  readonly lines: () => Promise<string[]>
}

/** Reads from the end of the log as it is now. */
export async function followLog(file: string): Promise<AccessLog> {
  let seen = (await readFile(file, 'utf8')).length
  return {
    async lines() {
      // a line is written when its answer has been sent, which may be after the client has it
      await sleep(150)
      const text = await readFile(file, 'utf8')
      const added = text.slice(seen)
      seen = text.length
      return [...added.matchAll(/"([A-Z]+) (\/v2\/[^ "]*)[^"]*" (\d+)/g)].map(
        ([, method, path, status]) => `${method} ${path?.replace(/\?.*/, '')} ${status}`,
      )
    },
  }
}
