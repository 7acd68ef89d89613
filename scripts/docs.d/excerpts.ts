import {readFile} from 'node:fs/promises'
import {join} from 'node:path'

const root = join(import.meta.dirname, '../..')

/** A fenced block that shows a whole file of the repository. */
const excerpt = /^<!-- from: (.*) -->\n```(\w+)\n[\s\S]*?^```$/gm

/** Puts what each file is now into the block behind its `<!-- from: path -->`. */
export async function showFiles(markdown: string): Promise<string> {
  const paths = [...markdown.matchAll(excerpt)].map(([, path = '']) => path)
  const contents = new Map<string, string>()
  for (const path of paths) contents.set(path, await readFile(join(root, path), 'utf8'))
  return markdown.replaceAll(
    excerpt,
    (_, path: string, language: string) =>
      `<!-- from: ${path} -->\n\`\`\`${language}\n${contents.get(path)}\`\`\``,
  )
}
