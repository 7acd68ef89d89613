import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {showFiles} from './excerpts.ts'
import {generatedPages, pagesWithFiles, transcripts} from './pages.ts'
import {runTranscript} from './transcript.ts'

const root = join(import.meta.dirname, '../..')

for (const [path, generate] of Object.entries(generatedPages)) {
  await writeFile(join(root, path), await generate())
  console.log(`wrote ${path}`)
}
for (const path of pagesWithFiles) {
  const file = join(root, path)
  await writeFile(file, await showFiles(await readFile(file, 'utf8')))
  console.log(`filled ${path}`)
}
for (const path of transcripts) {
  const file = join(root, path)
  await writeFile(file, await runTranscript(await readFile(file, 'utf8')))
  console.log(`ran ${path}`)
}
