import assert from 'node:assert/strict'
import {globSync, readFileSync} from 'node:fs'
import {breachesOf} from './support/import-rules.ts'

const src = new URL('../src/', import.meta.url)
const files = globSync('**/*.ts', {cwd: src}).map((path) => path.replaceAll('\\', '/'))

/** Where a line is planted, the line, and what must be said of it: nothing where it is allowed. */
const planted: readonly (readonly [path: string, line: string, breach: RegExp | undefined])[] = [
  ['operations/build.ts', "import {x} from '../commands/build.ts'", /commands\/build\.ts/],
  ['operations/build.ts', "import type {X} from '../cli/display/display.ts'", /cli\/display/],
  ['operations/build.ts', "await import('../cli/report.ts')", /cli\/report/],
  ['operations/build.ts', "import {x} from '../storage/local/local.ts'", undefined],
  ['commands/build.ts', "import {build} from '../operations/build.ts'", undefined],
  ['commands/build.ts', "import {BaseCommand} from '../cli/base-command.ts'", undefined],
  ['commands/build.ts', "import {connect} from '../database/connect.ts'", /database\/connect/],
  ['commands/cache/clear.ts', "import {x} from '../../storage/workspace/clear.ts'", undefined],
  ['commands/build.ts', "import {x} from '../artifact/layer.ts'", /artifact\/layer/],
  ['cli/base-command.ts', "import {x} from '../commands/build.ts'", /commands\/build/],
  ['storage/local/local.ts', "import {x} from '../../database/plan.ts'", /database\/plan/],
  ['storage/local/local.ts', "export * from '../../config/load.ts'", /config\/load/],
  ['storage/local/local.ts', "export type {X} from '../../source/read.ts'", /source\/read/],
  ['storage/local/local.ts', "let x: import('../../schema/parse.ts').X", /schema\/parse/],
  ['storage/local/local.ts', "import {x} from '../../artifact/digest.ts'", undefined],
  ['storage/local/local.ts', "import {x} from '../../artifact/layer.ts'", /artifact\/layer/],
  ['storage/local/local.ts', "import {x} from '../../files/write.ts'", undefined],
  ['storage/local/local.ts', 'await import(`../../operations/push.ts`)', /operations\/push/],
  ['config/schema.ts', "import type {X} from '../storage/backend.ts'", undefined],
  ['config/schema.ts', "import {x} from '../storage/backend.ts'", /storage\/backend/],
  ['config/schema.ts', "import {type X} from '../storage/backend.ts'", /storage\/backend/],
  ['config/schema.ts', "import type {X} from '../storage/storage.ts'", /storage\/storage/],
  ['config/read-file.ts', 'await import(url)', undefined],
  ['source/read.ts', 'await import(url)', /computed/],
  ['source/read.ts', "const {x} = require('../database/plan.ts')", /database\/plan/],
  ['files/write.ts', "import {x} from '../artifact/digest.ts'", /artifact\/digest/],
  ['files/write.ts', "import {x} from '../errors.ts'", undefined],
  ['errors.ts', "import {x} from './files/write.ts'", /files\/write/],
  ['index.ts', "export {x} from './operations/build.ts'", undefined],
  ['index.ts', "export {x} from './cli/main.ts'", /cli\/main/],
  ['utils/strings.ts', 'export const x = 1', /no room/],
  ['stray.ts', 'export const x = 1', /no room/],
  ['operations/apply.ts', "import {Flags} from '@oclif/core'", /@oclif\/core/],
  ['operations/apply.ts', "import type {Config} from '@oclif/core/interfaces'", /@oclif/],
  ['operations/apply.ts', "const {Client} = await import('pg')", /imports pg/],
  ['operations/apply.ts', "import type {Client} from 'pg'", /imports pg/],
  ['database/connect.ts', "import type {Client} from 'pg'", undefined],
  ['database/connect.ts', "const {Client} = await import('pg')", undefined],
  ['database/connect.ts', "import {Client} from 'pg'", /before it is needed/],
  ['database/connect.ts', "import {type Client} from 'pg'", /before it is needed/],
  ['database/connect.ts', "import {PGlite} from '@electric-sql/pglite'", /before it is needed/],
  ['schema/parse.ts', "import {x} from '@electric-sql/pglite/contrib'", /pglite/],
  ['storage/oci/program.ts', "const {execa} = await import('execa')", undefined],
  ['storage/oci/push.ts', "const {execa} = await import('execa')", /execa/],
  ['storage/oci/program.ts', "import {execa} from 'execa'", /before it is needed/],
  ['artifact/archive.ts', "import * as tar from 'tar'", /before it is needed/],
  ['artifact/archive.ts', "import tar = require('tar')", /before it is needed/],
  ['cli/display/live.ts', "export {Listr} from 'listr2'", /before it is needed/],
  ['cli/report.ts', "type Listr2 = typeof import('listr2')", /listr2/],
  ['source/read.ts', 'const x = process.env.HOME', /process\.env/],
  ['source/read.ts', "const x = process['env']", /process\.env/],
  ['source/read.ts', 'const {env} = process', /uses process/],
  ['source/read.ts', 'read(process)', /uses process/],
  ['source/read.ts', 'const x = globalThis.process.env', /uses process/],
  ['source/read.ts', "import {env} from 'node:process'", /node:process/],
  ['source/read.ts', "process.stdout.write('x')", /process\.stdout/],
  ['source/read.ts', 'process.exitCode = 1', /process\.exitCode/],
  ['source/read.ts', "console.error('x')", /console/],
  ['source/read.ts', 'const {log} = console', /console/],
  ['source/read.ts', 'const x = process.platform', undefined],
  ['source/read.ts', "const x = 'process.env' // console.log", undefined],
  ['source/read.ts', 'const x = {process: 1}.process', undefined],
  ['cli/report.ts', 'process.stderr.write(process.env.HOME)', undefined],
]

describe('the imports', () => {
  it('go one way, and nothing below cli knows a terminal', () => {
    const breaches = files.flatMap((path) =>
      breachesOf(path, readFileSync(new URL(path, src), 'utf8')),
    )
    assert.deepEqual(breaches, [])
  })

  it('are read from files that are there', () => {
    assert.ok(files.includes('errors.ts') && files.includes('cli/main.ts'), files.join(' '))
  })

  for (const [path, line, breach] of planted) {
    it(`${breach === undefined ? 'may' : 'may not'} be in ${path}: ${line}`, () => {
      const found = breachesOf(path, `/** A file. */\n${line}\n`)
      if (breach === undefined) assert.deepEqual(found, [])
      else assert.match(found.join('\n'), breach)
    })
  }
})
