import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {verify} from '../../src/operations/verify.ts'
import {withClient, withReplica, withTestDatabase} from '../support/database.ts'
import {rejectsWith} from '../support/errors.ts'
import {withWorld} from '../support/project.ts'
import {describeWith} from '../support/services.ts'

const first = {
  '0001_a.sql': 'create table a (i int);',
  '0001_a.verify.sql': 'select i from a;',
  '0002_b.sql': 'create table b (i int);',
  '0002_b.verify.sql': 'select i\nfrom b;',
}

describe('verify without a database', () => {
  it('reads every layer', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', first)
      await dev.release('1.1.0', {'0003_c.sql': 'create table c ();'})
      const result = await (await machine('ops')).verify()
      assert.deepEqual(
        result.layers.map(({release}) => release),
        ['1.0.0', '1.1.0'],
      )
      assert.equal(result.database, undefined)
    }))

  it('finds a layer that was damaged in the storage', () =>
    withWorld(async ({machine, artifacts}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', first)
      const [entry] = await dev.releases('1.0.0')
      const {layer} = entry ?? assert.fail()
      await writeFile(join(artifacts, 'blobs/sha256', layer.slice('sha256:'.length)), 'damaged')
      const ops = await machine('ops')
      await rejectsWith('INTEGRITY', () => ops.verify())
    }))

  it('finds one that was damaged in the cache while no storage is asked', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', first)
      const offline = () => verify(dev.context, {reference: '1.0.0', offline: true})
      assert.equal((await offline()).layers.length, 1)
      const [entry] = await dev.releases('1.0.0')
      const {layer} = entry ?? assert.fail()
      await writeFile(dev.context.cache.pathOf(layer), 'damaged')
      await rejectsWith('VERSION_NOT_FOUND', offline)
    }))
})

describeWith(['postgres15'], 'verify with a database', () => {
  it('tells all scripts that fail together, each with its lines', () =>
    withWorld(({machine}) =>
      withTestDatabase('postgres15', async (url) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', first)
        await dev.apply(url)
        assert.deepEqual(
          (await dev.verify(url)).scripts.map(({passed}) => passed),
          [true, true],
        )
        await withClient(url, (client) => client.query('drop table b'))
        const one = await rejectsWith('VERIFY_FAILED', () => dev.verify(url))
        assert.equal(one.exitCode, 1)
        assert.equal(one.message, '1.0.0/0002_b.verify.sql:2:6: relation "b" does not exist')
        assert.match(String(one.details['excerpt']), /> 2 \| from b;\n {4}\| {6}\^/)
        await withClient(url, (client) => client.query('drop table a'))
        const both = await rejectsWith('VERIFY_FAILED', () => dev.verify(url))
        assert.equal(both.message, '2 of 2 verify scripts failed')
        assert.match(String(both.details['excerpt']), /a\.verify\.sql:1:15.*b\.verify\.sql:2:6/s)
      }),
    ))

  it('compares the ledger with the artifact first', () =>
    withWorld(({machine}) =>
      withTestDatabase('postgres15', async (url) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', first)
        await dev.apply(url)
        await withClient(url, (client) =>
          client.query("update squizzle.migrations set name = 'other' where position = 2"),
        )
        await rejectsWith('INTEGRITY', () => dev.verify(url))
      }),
    ))
})

describeWith(['postgres15-standby'], 'verify on a hot standby', () => {
  it('runs the scripts there', () =>
    withWorld(({machine}) =>
      withReplica(async ({primary, standby, replicated}) => {
        const dev = await machine('dev')
        await dev.release('1.0.0', first)
        await dev.apply(primary)
        await replicated()
        const {at, scripts} = await dev.verify(standby)
        assert.equal(at, '1.0.0')
        assert.deepEqual(
          scripts.map(({file, passed}) => [file, passed]),
          [
            ['1.0.0/0001_a.verify.sql', true],
            ['1.0.0/0002_b.verify.sql', true],
          ],
        )
      }),
    ))
})
