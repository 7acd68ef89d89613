import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {showFiles} from '../../scripts/docs.d/excerpts.ts'
import {generatedPages, pagesWithFiles, transcripts} from '../../scripts/docs.d/pages.ts'
import {runTranscript} from '../../scripts/docs.d/transcript.ts'

const root = new URL('../../', import.meta.url)

/** What differs from run to run: clocks, durations, process ids, and the order in which parallel transfers end. */
function withoutChance(markdown: string): string {
  const digests: string[] = []
  return markdown
    .replaceAll(/sha256:[0-9a-f]{64}/g, (digest) => {
      if (!digests.includes(digest)) digests.push(digest)
      return `sha256:<${digests.indexOf(digest) + 1}>`
    })
    .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z)?/g, '<time>')
    .replaceAll(/\b\d+(\.\d+)? ?(ms|s)\b/g, '<duration>')
    .replaceAll(/^(?:(?:layer \S+|config|manifest) {2}.*\n)+/gm, (transfers) =>
      transfers
        .split('\n')
        .toSorted((a, b) => (a < b ? -1 : 1))
        .join('\n'),
    )
}

describe('the manual', () => {
  for (const [path, generate] of Object.entries(generatedPages)) {
    it(`is current: ${path}`, async () => {
      const written = await readFile(new URL(path, root), 'utf8')
      assert.equal(written, await generate(), 'run scripts/docs')
    })
  }

  for (const path of pagesWithFiles) {
    it(`shows files as they are: ${path}`, async () => {
      const page = await readFile(new URL(path, root), 'utf8')
      assert.match(page, /^<!-- from: /m)
      assert.equal(page, await showFiles(page), 'run scripts/docs')
    })
  }

  for (const path of transcripts) {
    it(`shows what its commands print: ${path}`, async () => {
      const page = await readFile(new URL(path, root), 'utf8')
      const played = await runTranscript(page)
      assert.equal(withoutChance(page), withoutChance(played), 'run scripts/docs')
      assert.ok((page.match(/^\$ squizzle /gm) ?? []).length > 5, 'it has commands')
    }).timeout(120_000)

    it(`has no shell block that is not run: ${path}`, async () => {
      const page = await readFile(new URL(path, root), 'utf8')
      const blocks = page.matchAll(/^```(?:sh|bash|shell)\n([\s\S]*?)^```$/gm)
      const commands = [...blocks].flatMap(([, body = '']) => body.trimEnd().split('\n'))
      // the first has a test of its own; the second runs this one
      const known = ['scripts/quickstart', 'scripts/test']
      assert.deepEqual(
        commands.filter((line) => !known.includes(line.split(' ')[0] ?? '')),
        [],
      )
      assert.doesNotMatch(page, /^ {4}\$ /m, 'an indented transcript')
    })
  }
})
