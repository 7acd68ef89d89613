import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {squizzle} from '../cli/program.ts'
import {followLog} from '../storage/oci/support/access-log.ts'
import {witnessOras} from '../storage/oci/support/programs.ts'
import {blobsIn, withWorld} from '../support/project.ts'
import {describeWith, service} from '../support/services.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const file = (number: number) => ({
  [`${String(number).padStart(4, '0')}_t.sql`]: `create table t${number} ();\n`,
})

describeWith(['registry', 'oras'], 'a hundred releases in a registry', () => {
  it('cost one layer, one config, one manifest for one more, and two starts of oras', () =>
    withWorld(async ({machine}) => {
      const {address, accessLog} = service('registry')
      const dev = await machine('dev')
      const oras = await witnessOras(join(dev.folder, 'bin'))
      const log = await followLog(accessLog)
      const registry = {
        type: 'oci',
        config: {registry: address, repository: `calls/shop-${process.pid}`},
      }
      const squizzleIn = async (cwd: string, args: string) => {
        const env = {PATH: `${dirname(oras.path)}:${process.env['PATH']}`}
        const {exitCode, stdout, stderr} = await squizzle(args.split(' '), {script: bin, cwd, env})
        assert.equal(exitCode, 0, stderr)
        return stdout
      }
      const count = async () => {
        const starts = (await oras.starts()).length
        await oras.forget()
        return {starts, requests: await log.lines()}
      }
      const only = (requests: readonly string[], pattern: RegExp) =>
        requests.filter((line) => pattern.test(line))

      for (let number = 0; number < 100; number += 1) {
        await dev.write(file(number))
        await dev.build(`1.${number}.0`)
      }
      const ops = await machine('ops')
      for (const {folder} of [dev, ops]) {
        const config = {project: 'shop', storage: registry, database: {url: 'pglite:memory'}}
        await writeFile(join(folder, 'squizzle.config.json'), JSON.stringify(config))
      }
      await squizzleIn(dev.folder, 'push 1.99.0')
      await squizzleIn(ops.folder, 'pull 1.99.0')
      await count()

      await dev.write(file(100))
      await squizzleIn(dev.folder, 'build 1.100.0')
      await count()
      await squizzleIn(dev.folder, 'push 1.100.0')
      const pushed = await count()
      assert.equal(
        only(pushed.requests, /^PUT .*\/blobs\/uploads\/.* 201$/).length,
        2,
        'a layer and a config',
      )
      assert.equal(only(pushed.requests, /^(PUT|POST|PATCH) .* [45]\d\d$/).length, 0)

      const before = await blobsIn(ops.context.cache.folder)
      assert.match(await squizzleIn(ops.folder, 'pull 1.100.0'), /^Pulled 1\.100\.0: 3 blobs/m)
      const pulled = await count()
      assert.ok(pulled.starts <= 2, `${pulled.starts} starts of oras`)
      assert.equal((await blobsIn(ops.context.cache.folder)).length, before.length + 3)
      assert.equal(
        only(pulled.requests, /^GET .*\/blobs\/.* 200$/).length,
        2,
        'a layer and a config',
      )
      assert.equal(only(pulled.requests, /^GET .*\/manifests\/.* 200$/).length, 1)

      assert.match(await squizzleIn(ops.folder, 'pull 1.100.0'), /in the cache already/)
      const nothing = await count()
      assert.equal(nothing.starts, 1)
      assert.deepEqual(only(nothing.requests, / \/v2\/calls\//).length, 1)
      assert.match(nothing.requests.join('\n'), /^HEAD \/v2\/calls\/.*\/manifests\/1\.100\.0 200$/m)
    })).timeout(180_000)

  it('are pulled by ten processes into one cache at once', () =>
    withWorld(async ({machine}) => {
      const {address} = service('registry')
      const dev = await machine('dev')
      const oras = await witnessOras(join(dev.folder, 'bin'))
      const env = {PATH: `${dirname(oras.path)}:${process.env['PATH']}`}
      const storage = {
        type: 'oci',
        config: {registry: address, repository: `calls/crowd-${process.pid}`},
      }
      const config = JSON.stringify({project: 'shop', storage, database: {url: 'pglite:memory'}})
      await writeFile(join(dev.folder, 'squizzle.config.json'), config)
      for (let number = 0; number < 10; number += 1) {
        await dev.write(file(number))
        await dev.build(`1.${number}.0`)
      }
      const pushed = await squizzle(['push', '1.9.0'], {script: bin, cwd: dev.folder, env})
      assert.equal(pushed.exitCode, 0, pushed.stderr)
      const ops = await machine('ops')
      await writeFile(join(ops.folder, 'squizzle.config.json'), config)
      const ten = Array.from({length: 10}, () =>
        squizzle(['pull'], {script: bin, cwd: ops.folder, env}),
      )
      for (const {exitCode, stderr} of await Promise.all(ten)) assert.equal(exitCode, 0, stderr)
      assert.equal((await blobsIn(ops.context.cache.folder)).length, 12)
    })).timeout(180_000)
})
