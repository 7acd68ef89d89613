#!/usr/bin/env node
import module from 'node:module'

// Before any other import: an older Node.js could not even parse what follows.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Error: squizzle needs Node.js 22.18 or newer; this is ${process.versions.node}\n`,
  )
  process.exit(2)
}

module.enableCompileCache()
const {main} = await import('../dist/cli/main.js')
await main({root: new URL('..', import.meta.url)})
