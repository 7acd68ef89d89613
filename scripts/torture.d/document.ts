import {execFileSync} from 'node:child_process'
import {readFile, writeFile} from 'node:fs/promises'
import {availableParallelism} from 'node:os'
import {join} from 'node:path'
import type {Measured} from './figure.ts'
import {countsOf} from './print.ts'

const root = join(import.meta.dirname, '../..')
const page = join(root, 'docs/reliability.md')
const [begin, end] = ['<!-- measured by scripts/torture --long -->', '<!-- end -->'] as const

/** Puts the figures of a long run, good or bad, between the marks of docs/reliability.md. */
export async function writeDocument(all: readonly Measured[], seed: number): Promise<void> {
  const text = await readFile(page, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${page} lacks its marks`)
  const before = text.slice(0, from + begin.length)
  await writeFile(page, `${before}\n\n${tableOf(all, seed)}\n\n${text.slice(to)}`)
}

function tableOf(all: readonly Measured[], seed: number): string {
  const total = all.reduce((sum, {seconds}) => sum + seconds, 0)
  const rows = all.map((measured) => {
    const {figure, runs, notes, seconds, failed} = measured
    const result = [...(failed ? ['**FAILED**'] : []), countsOf(measured), ...notes].join('; ')
    return `| \`${figure.name}\` | ${runs} ${figure.runs} | ${result} | ${Math.round(seconds)} |`
  })
  const date = new Date().toISOString().slice(0, 10)
  const about = `Measured on ${date} at commit \`${commit()}\`, with seed ${seed}, on ${availableParallelism()} cores, in ${Math.round(total / 60)} minutes.`
  return [
    about,
    '',
    '| figure | runs | found | seconds |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

/** Of the code that was measured; a change that is not committed is said. */
function commit(): string {
  const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
  return `${git('rev-parse', '--short=12', 'HEAD')}${changed ? ' with changes' : ''}`
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, {cwd: root, encoding: 'utf8'}).trim()
}
