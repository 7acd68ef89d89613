import {createHash} from 'node:crypto'

/** Draws that a seed repeats. */
export interface Random {
  /** From 0 up to and without 1. */
  readonly next: () => number
  /** From 0 up to and without the limit. */
  readonly below: (limit: number) => number
  readonly pick: <T>(items: readonly T[]) => T
}

export function randomFrom(seed: number, name: string): Random {
  let drawn = 0
  const next = () => {
    const hash = createHash('sha256')
      .update(JSON.stringify([seed, name, drawn++]))
      .digest()
    return hash.readUInt32BE() / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    pick: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}
