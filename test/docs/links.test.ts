import assert from 'node:assert/strict'
import {existsSync, globSync, readFileSync, statSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'
import GithubSlugger from 'github-slugger'

const root = fileURLToPath(new URL('../../', import.meta.url))

const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], {
  cwd: root,
  exclude: (name) => name === 'node_modules',
})

/** Without fenced blocks, which may show anything. */
function proseOf(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '')
}

/** The anchors that the forge makes of a page's headings, and those that it has itself. */
function anchorsOf(file: string): ReadonlySet<string> {
  const slugger = new GithubSlugger()
  const prose = proseOf(file)
  const headings = [...prose.matchAll(/^#{1,6} +(.*?)(?: +#+)?$/gm)].map(([, text = '']) =>
    slugger.slug(text.replaceAll(/[`*]|\[([^\]]*)\]\([^)]*\)/g, '$1')),
  )
  const ids = [...prose.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)
  return new Set([...headings, ...ids])
}

function linksOf(file: string): readonly string[] {
  const prose = proseOf(file).replaceAll(/`[^`\n]*`/g, '')
  return [
    ...[...prose.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(([, target = '']) => target),
    ...[...prose.matchAll(/^\[[^\]]+\]: *(\S+)/gm)].map(([, target = '']) => target),
    ...[...prose.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, target = '']) => target),
  ]
}

/** Why a link leads nowhere; undefined where it arrives. */
function broken(file: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? file : join(dirname(file), decodeURIComponent(path))
  if (!existsSync(target)) return `${link}: there is no such file`
  if (anchor === undefined || statSync(target).isDirectory()) return undefined
  return anchorsOf(target).has(anchor) ? undefined : `${link}: there is no such heading`
}

describe('the links of the manual', () => {
  it('are looked at', () => {
    assert.ok(pages.length > 10, pages.join(' '))
    assert.ok(pages.flatMap((page) => linksOf(join(root, page))).length > 20)
  })

  for (const page of pages) {
    it(`arrive: ${page}`, () => {
      const file = join(root, page)
      const inner = linksOf(file).filter((link) => !/^[a-z]+:/.test(link))
      assert.deepEqual(
        inner.map((link) => broken(file, link)).filter((problem) => problem !== undefined),
        [],
      )
    })
  }

  it('reach every page of docs from the README', () => {
    const seen = new Set<string>()
    const follow = (file: string) => {
      if (seen.has(file) || !file.endsWith('.md') || !existsSync(file)) return
      seen.add(file)
      for (const link of linksOf(file)) {
        const [path = ''] = link.split('#')
        if (path !== '' && !/^[a-z]+:/.test(path)) follow(join(dirname(file), path))
      }
    }
    follow(join(root, 'README.md'))
    const docs = globSync('docs/**/*.md', {cwd: root})
    assert.deepEqual(
      docs.filter((page) => !seen.has(join(root, page))).map((page) => relative('docs', page)),
      [],
    )
  })
})
