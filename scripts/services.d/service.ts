import type {PartName} from './parts.ts'
import type {ServerProcess} from './process.ts'

/** One kind of server: what it is made of, and how it is brought up in a folder of its own. */
export interface Service<Facts> {
  readonly parts: readonly PartName[]
  /** Resolves when the server answers. The folder is empty and belongs to the server's user. */
  start(folder: string): Promise<Started<Facts>>
}

/** A server that answers, and what its clients need to know. What was started last is stopped first. */
export interface Started<Facts> {
  readonly processes: readonly ServerProcess[]
  readonly facts: Facts
}
