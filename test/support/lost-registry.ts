import {rm} from 'node:fs/promises'
import {createRunning, startMore, stopSome} from '../../scripts/services.d/running.ts'

/** A registry that nobody else uses, and that can be lost. */
export interface LosableRegistry {
  /** Host and port. */
  readonly address: string
  /** The folder in which it keeps its blobs. */
  readonly data: string
  /** Ends the server and removes all that it has on disk. */
  readonly lose: () => Promise<void>
}

export async function withLosableRegistry(
  story: (registry: LosableRegistry) => Promise<void>,
): Promise<void> {
  const empty = await createRunning()
  const running = await startMore(empty, ['registry'])
  const {registry} = running.services
  try {
    if (registry === undefined) throw new Error('the registry did not start')
    const {address, data} = registry
    await story({address, data, lose: async () => void (await stopSome(running, ['registry']))})
  } finally {
    await stopSome(running, ['registry'])
    await rm(running.folder, {recursive: true, force: true})
  }
}
