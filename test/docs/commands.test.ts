import assert from 'node:assert/strict'
import {globSync, readFileSync} from 'node:fs'

interface Manifest {
  readonly commands: Readonly<Record<string, {readonly flags?: Readonly<Record<string, unknown>>}>>
}

const root = new URL('../../', import.meta.url)
const {commands} = JSON.parse(
  readFileSync(new URL('oclif.manifest.json', root), 'utf8'),
) as Manifest

const pages = globSync(['README.md', 'docs/**/*.md'], {cwd: root})

/** oclif's own plugin brings these, with flags of its own. */
const foreign = ['plugins', 'help', '--help', '--version']

/** The commands of a page, in blocks and in prose: the words behind `squizzle`. */
function callsIn(page: string): readonly (readonly string[])[] {
  const text = readFileSync(new URL(page, root), 'utf8').replaceAll(/\\\n\s*/g, ' ')
  const blocks = [...text.matchAll(/^ *```(?:sh|bash|console)\n([\s\S]*?)^ *```$/gm)]
  const lines = blocks.flatMap(([, body = '']) => body.split('\n'))
  const prose = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
  return [...lines, ...prose]
    .map((line) => /^(?: *\$)? *squizzle ([^#|`]*)/.exec(line)?.[1]?.trim().split(/\s+/))
    .filter((words) => words !== undefined)
}

/** What of a call no command has. */
function unknownIn(words: readonly string[]): readonly string[] {
  const [first = '', second = ''] = words
  if (foreign.includes(first) || first.startsWith('<')) return []
  const command = commands[`${first}:${second}`] ?? commands[first]
  if (command === undefined) return [first]
  const flags = words.flatMap((word) => /^--([\w-]+)/.exec(word)?.[1] ?? [])
  return flags.filter((flag) => !Object.hasOwn(command.flags ?? {}, flag)).map((f) => `--${f}`)
}

describe('the commands that the manual names', () => {
  it('are looked at', () => {
    assert.ok(pages.flatMap(callsIn).length > 200)
  })

  for (const page of pages) {
    it(`are those of the program, with their flags: ${page}`, () => {
      const wrong = callsIn(page).filter((words) => unknownIn(words).length > 0)
      assert.deepEqual(
        wrong.map((words) => `squizzle ${words.join(' ')}: ${unknownIn(words).join(' ')}`),
        [],
      )
    })
  }
})
