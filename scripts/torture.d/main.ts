import {randomInt} from 'node:crypto'
import {parseArgs} from 'node:util'
import {writeDocument} from './document.ts'
import type {Form, Measured} from './figure.ts'
import {figures} from './figures.ts'
import {measure} from './measure.ts'
import {printed} from './print.ts'

const {values} = parseArgs({
  options: {
    long: {type: 'boolean', default: false},
    seed: {type: 'string'},
    only: {type: 'string', multiple: true, default: []},
  },
})
const form: Form = values.long ? 'long' : 'short'
const seed = values.seed === undefined ? randomInt(1_000_000_000) : Number(values.seed)
const unknown = values.only.find((name) => !figures.some((figure) => figure.name === name))
if (!Number.isSafeInteger(seed) || unknown !== undefined) {
  const names = figures.map(({name}) => name).join(' ')
  console.error(
    unknown === undefined
      ? `Error: the seed ${values.seed} is no whole number`
      : `Error: there is no figure ${unknown}; there are: ${names}`,
  )
  process.exitCode = 2
} else {
  await main()
}

async function main(): Promise<void> {
  console.log(`seed ${seed}, ${form} form; the same again: --seed ${seed}`)
  const wanted = figures.filter(({name}) => values.only.length === 0 || values.only.includes(name))
  const all: Measured[] = []
  for (const figure of wanted) {
    const measured = await measure(figure, form, seed)
    all.push(measured)
    console.log(printed(measured, form))
  }
  const failed = all.filter((measured) => measured.failed)
  if (form === 'long' && all.length === figures.length) await writeDocument(all, seed)
  if (failed.length === 0) return
  console.log(`FAILED: ${failed.map(({figure}) => figure.name).join(' ')}`)
  process.exitCode = 1
}
