import {bombs} from '../../../test/hostile/corpus/bombs.ts'
import {layOut} from '../../../test/hostile/support/offer.ts'

// Makes a bomb, which takes more memory than to refuse it: hence in a process of its own.
const [title, folder = ''] = process.argv.slice(2)
const bomb = bombs.find((one) => one.title === title)
if (bomb === undefined) throw new Error(`there is no bomb ${title}`)
const {make, code, why} = bomb
process.stdout.write(
  JSON.stringify({offer: await layOut(make(folder), folder), code, why: why?.source}),
)
