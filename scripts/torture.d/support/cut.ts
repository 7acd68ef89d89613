import {withProxy} from '../../../test/database/support/proxy.ts'

type Side = 'client' | 'server'

/** Where a connection breaks: before or after the n-th message of one side, counted from 1 over all connections. */
export interface Cut {
  readonly side: Side
  readonly at: number
  readonly where: 'before' | 'after'
}

/** How many messages either side has sent. */
export type Traffic = Readonly<Record<Side, number>>

/** Runs the work with a URL whose connection breaks once, or never; later connections hold. */
export async function withCut(
  url: string,
  cut: Cut | undefined,
  work: (url: string) => Promise<void>,
): Promise<Traffic> {
  const seen: Record<Side, number> = {client: 0, server: 0}
  let breaking = false
  let breakOff: (() => void) | undefined
  const rule = (side: Side) => () => {
    seen[side] += 1
    if (breaking) return false
    if (cut === undefined || cut.side !== side || cut.at !== seen[side]) return true
    // what was let through is on its way when the connection goes
    breaking = true
    setImmediate(() => {
      breakOff?.()
      breaking = false
    })
    return cut.where === 'after'
  }
  await withProxy(
    url,
    {fromClient: rule('client'), fromServer: rule('server')},
    async (through, cutAll) => {
      breakOff = cutAll
      await work(through)
    },
  )
  return seen
}
