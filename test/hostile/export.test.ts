import assert from 'node:assert/strict'
import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {exportVersions} from '../../src/operations/export.ts'
import {rejectsWith} from '../support/errors.ts'
import {withWorld} from '../support/project.ts'
import {links} from './corpus/links.ts'
import {layOut} from './support/offer.ts'

describe('hostile: an export', () => {
  it('writes no file that an import would refuse', () =>
    withWorld(async ({machine, artifacts}) => {
      const title = 'a layer with a symlink in the place of a file'
      const {code, make} = links.find((one) => one.title === title)!
      const {storage = ''} = await layOut(make('/outside'), join(artifacts, '../offer'))
      const victim = await machine('victim', {storage})
      const output = join(victim.folder, 'backups')
      const everything = {all: true, output, force: false}
      await rejectsWith(code, () => exportVersions(victim.context, everything))
      assert.deepEqual(await readdir(output).catch(() => []), [])
    }))
})
