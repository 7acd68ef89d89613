import {apply} from './apply.ts'
import {registry} from './registry.ts'
import {s3} from './s3.ts'
import {startup} from './startup.ts'

const benchmarks: Readonly<Record<string, () => Promise<string>>> = {startup, apply, registry, s3}

const named = process.argv.slice(2)
const unknown = named.find((name) => !Object.hasOwn(benchmarks, name))
if (unknown === undefined) {
  for (const name of named.length > 0 ? named : Object.keys(benchmarks)) {
    console.log(await benchmarks[name]?.())
  }
} else {
  console.error(
    `Error: there is no benchmark ${unknown}; there are: ${Object.keys(benchmarks).join(' ')}`,
  )
  process.exitCode = 2
}
