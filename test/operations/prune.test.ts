import assert from 'node:assert/strict'
import {prune} from '../../src/operations/prune.ts'
import {tag} from '../../src/operations/tag.ts'
import {withWorld, type World} from '../support/project.ts'

const file = (number: number) => ({[`000${number}_m.sql`]: `create table t${number} ();`})

async function sixVersions({machine}: World) {
  const dev = await machine('dev')
  await dev.release('1.0.0', file(1))
  await dev.release('1.1.0', file(2))
  const fixer = await machine('fixer')
  await fixer.release('1.0.1', {...file(1), ...file(9)})
  await dev.release('1.2.0-rc.1', file(3))
  await dev.release('1.2.0', file(4), {base: '1.1.0'})
  await dev.release('1.3.0', file(5))
  return dev
}

describe('prune', () => {
  it('removes old versions, but none that a tag names or whose SQL would be lost', () =>
    withWorld(async (world) => {
      const dev = await sixVersions(world)
      await tag(dev.context, '1.1.0', 'production')
      const dry = await prune(dev.context, {keep: 1, dryRun: true, blobs: false})
      assert.deepEqual(dry.removed, ['1.2.0', '1.2.0-rc.1', '1.0.0'])
      const storage = await dev.context.storage()
      assert.ok(await storage.resolve('1.0.0'), 'a dry run removes nothing')

      const {removed, spared, kept} = await prune(dev.context, {
        keep: 1,
        dryRun: false,
        blobs: false,
      })
      assert.deepEqual([removed, kept], [dry.removed, ['1.3.0']])
      assert.deepEqual(spared, [
        {version: '1.1.0', reason: 'production names it'},
        {version: '1.0.1', reason: 'no version that stays contains it'},
      ])
      const tags = await Array.fromAsync(storage.tags())
      assert.deepEqual(tags.toSorted(), ['1.0.1', '1.1.0', '1.3.0', 'latest', 'production'])
      const ops = await world.machine('ops')
      await ops.pull()
      assert.deepEqual(
        (await ops.releases('1.0.0')).map(({version}) => version),
        ['1.0.0'],
      )
    }))
})
