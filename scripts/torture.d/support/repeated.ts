/** So many of the items, over and over in their order. */
export function repeated<T>(items: readonly T[], count: number): readonly T[] {
  return Array.from({length: Math.ceil(count / items.length)}, () => items)
    .flat()
    .slice(0, count)
}
