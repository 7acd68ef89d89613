/** What the suite needs of a test runner: mocha, `node:test`, vitest and jest all have it. */
export interface ContractRunner {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: (name: string, body: () => Promise<void>) => unknown
}

/** The runner's globals, looked for when the suite is declared, not when it is imported. */
export function globalRunner(): ContractRunner {
  const {describe, it} = globalThis as Partial<ContractRunner>
  if (describe !== undefined && it !== undefined) return {describe, it}
  throw new TypeError('no global `describe` and `it`: hand them to storageContract as `runner`')
}
