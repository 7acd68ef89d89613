import {registerHooks} from 'node:module'

const exported: Readonly<Record<string, string>> = {
  squizzle: '../../src/index.ts',
  'squizzle/storage-contract': '../../src/storage/contract.ts',
}

/** The examples import squizzle by its name: here they get the source that is tested. */
export function resolveOwnName(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const path = exported[specifier]
      return path === undefined
        ? next(specifier, context)
        : next(new URL(path, import.meta.url).href)
    },
  })
}
