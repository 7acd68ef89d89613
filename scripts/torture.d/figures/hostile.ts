import {join} from 'node:path'
import {withTempDir} from '../../../src/files/temp.ts'
import {bombs} from '../../../test/hostile/corpus/bombs.ts'
import {corpus} from '../../../test/hostile/corpus.ts'
import {runProcess} from '../../../test/support/process.ts'
import {Fault} from '../figure.ts'
import type {Figure, Torture} from '../figure.ts'

const tooMuchMemory = 'that took 300 MB of memory or more'

/** Bytes: a process that refuses something needs no more, Node.js included. */
const mostMemory = 300 * 1000 * 1000

/** Archives and layers that must be refused whole. */
export const hostile: Figure = {
  name: 'hostile',
  runs: 'hostile archives and layers',
  least: {short: 150, long: 150},
  faults: ['that were taken, refused for another reason, or left a trace', tooMuchMemory],
  torture: async (torture) => {
    const all: Met[] = []
    for (const name of Object.keys(corpus)) all.push(...(await meetClass(torture, name)))
    for (const {title} of bombs) all.push(...(await meetBomb(torture, title)))
    const slowest = Math.max(...all.map(({milliseconds}) => milliseconds))
    const peak = Math.max(...all.map((met) => met.peak))
    torture.note(`slowest ${seconds(slowest)}`)
    torture.note(`largest peak ${megabytes(peak)}`)
  },
}

/** How one case went. */
interface Met {
  readonly title: string
  readonly milliseconds: number
  readonly fault?: string
  /** Bytes, of the process: that of a bomb meets no other. */
  readonly peak: number
}

async function meetClass(torture: Torture, name: string): Promise<readonly Met[]> {
  const met = await inProcess({class: name})
  for (const one of met) await count(torture, one)
  return met
}

async function meetBomb(torture: Torture, title: string): Promise<readonly Met[]> {
  return withTempDir(async (folder) => {
    const made = await output(
      new URL('../programs/hostile-bomb.ts', import.meta.url),
      title,
      join(folder, 'offer'),
    )
    const met = (await inProcess(JSON.parse(made))).map((one) => ({...one, title}))
    for (const one of met) await count(torture, one)
    return met
  })
}

async function count({run}: Torture, {title, milliseconds, fault, peak}: Met): Promise<void> {
  console.log(`  ${seconds(milliseconds)}, ${megabytes(peak)} at most: ${title}`)
  await run(title, async () => {
    if (fault !== undefined) throw new Error(fault)
    if (peak >= mostMemory) throw new Fault(tooMuchMemory, megabytes(peak))
  })
}

async function inProcess(job: object): Promise<readonly Met[]> {
  const lines = (
    await output(new URL('../programs/hostile-meet.ts', import.meta.url), JSON.stringify(job))
  )
    .trim()
    .split('\n')
  const last: {peak: number} = JSON.parse(lines.pop() ?? '')
  return lines.map((line) => ({...(JSON.parse(line) as Omit<Met, 'peak'>), ...last}))
}

async function output(program: URL, ...args: string[]): Promise<string> {
  const {code, stdout, stderr} = await runProcess(program, args)
  if (code !== 0) throw new Error(`${program.pathname} ended with ${code}: ${stderr}`)
  return stdout
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
