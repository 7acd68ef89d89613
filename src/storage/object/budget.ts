/** Lets work begin while what is under way weighs no more than the budget together; what is heavier goes alone. */
export function createBudget(budget: number) {
  const waiting: {readonly weight: number; readonly begin: () => void}[] = []
  let used = 0

  function admit(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (used > 0 && used + next.weight > budget) return
      waiting.shift()
      used += next.weight
      next.begin()
    }
  }

  return async <T>(weight: number, work: () => Promise<T>): Promise<T> => {
    const {promise, resolve: begin} = Promise.withResolvers<void>()
    waiting.push({weight, begin})
    admit()
    await promise
    try {
      return await work()
    } finally {
      used -= weight
      admit()
    }
  }
}
