import assert from 'node:assert/strict'
import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {importArchive} from '../../src/operations/import.ts'
import {pull} from '../../src/operations/pull.ts'
import {withWorld} from '../support/project.ts'
import {corpus} from './corpus.ts'
import {artifactOf} from './support/artifact.ts'
import {layOut} from './support/offer.ts'

describe('hostile: the corpus', () => {
  it('is made from an artifact that is taken, as a file and from a storage', () =>
    withWorld(async ({artifacts, machine}) => {
      const {archive, storage = ''} = await layOut(artifactOf(), join(artifacts, '../offer'))
      const importer = await machine('importer')
      assert.equal((await importArchive(importer.context, archive)).version, '1.0.0')

      const puller = await machine('puller', {storage})
      const output = join(puller.folder, 'output')
      await pull(puller.context, {reference: '1.0.0', output})
      assert.deepEqual(await readdir(join(output, '1.0.0')), [
        '0001_a.rollback.sql',
        '0001_a.sql',
        'zzzz.sql',
      ])
    }))

  it('has at least 150 cases, each of its own', () => {
    const titles = Object.values(corpus)
      .flat()
      .map(({title}) => title)
    assert.ok(titles.length >= 150, String(titles.length))
    assert.equal(new Set(titles).size, titles.length)
  })
})
