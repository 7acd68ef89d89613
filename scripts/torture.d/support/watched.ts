import {queryText, withProxy} from '../../../test/database/support/proxy.ts'

/** Runs the work with a URL whose statements are looked at on their way. @returns how many messages hold the text */
export async function countSent(
  url: string,
  text: string,
  work: (url: string) => Promise<unknown>,
): Promise<number> {
  let sent = 0
  const fromClient = (message: Parameters<typeof queryText>[0]) => {
    if (queryText(message).includes(text)) sent += 1
    return true
  }
  await withProxy(url, {fromClient}, work)
  return sent
}
