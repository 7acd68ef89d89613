import assert from 'node:assert/strict'
import {type Config, defineConfig} from '../../src/config/define.ts'

describe('defineConfig', () => {
  it('returns what it is given, whatever form it has', async () => {
    const config: Config = {project: 'shop', database: {url: process.env['NO_SUCH_URL_HERE']}}
    assert.equal(defineConfig(config), config)
    const byFunction = defineConfig(({environment}) => ({target: environment}))
    assert.deepEqual(byFunction({environment: 'staging'}), {target: 'staging'})
    const later = defineConfig(Promise.resolve(config))
    assert.equal(await later, config)
  })

  it('is typed: a wrong key and a wrong type do not compile', () => {
    // @ts-expect-error an unknown key
    void defineConfig({databse: {}})
    // @ts-expect-error a wrong type
    void defineConfig({database: {lockTimeout: 5}})
    // @ts-expect-error in what a function returns, too
    void defineConfig(() => ({database: {transaction: 'releases'}}))
    assert.ok(defineConfig({environments: {production: {target: 'production'}}}))
  })
})
