#!/usr/bin/env node
// Runs the TypeScript sources as they are, by Node.js's own type stripping, without the manifest.
import {readFile} from 'node:fs/promises'
import {main} from '../src/cli/main.ts'

const root = new URL('..', import.meta.url)
const text = await readFile(new URL('package.json', root), 'utf8')
await main({root, pjson: JSON.parse(text.replaceAll('./dist/', './src/')), fromSource: true})
