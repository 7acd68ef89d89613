import assert from 'node:assert/strict'
import {describeTarget} from '../../src/config/target.ts'
import {loadJson, withProject} from './project.ts'

const config = {
  database: {url: 'postgres://app:hunter2hunter2@db.dev/shop'},
  storage: {type: 'oci', config: {registry: 'ghcr.io', repository: 'myorg/dev'}},
  environments: {production: {storage: {config: {repository: 'myorg/prod'}}}},
}

describe('what a command is about to work on', () => {
  it('is named with where each part came from', async () => {
    const loaded = await loadJson(config, {
      env: {SQUIZZLE_ENV: 'production', DATABASE_URL: 'postgres://app:other-password@db.prod/shop'},
      flags: {registry: 'backup.io'},
    })
    assert.deepEqual(describeTarget(loaded, 'oci://backup.io/myorg/prod'), [
      {label: 'environment', value: 'production', origin: 'SQUIZZLE_ENV'},
      {
        label: 'storage',
        value: 'oci://backup.io/myorg/prod',
        origin: '--registry, environments.production in squizzle.config.json',
      },
      {label: 'database', value: 'postgres://app:***@db.prod/shop', origin: 'DATABASE_URL'},
    ])
  })

  it('leaves out what there is not', async () => {
    const lines = describeTarget(await loadJson({}))
    assert.deepEqual(lines, [{label: 'storage', value: 'local', origin: 'default'}])
  })

  it('names the embedded database that nobody asked for', () =>
    withProject({}, async ({load}) => {
      const database = describeTarget(await load()).find(({label}) => label === 'database')
      assert.match(database?.value ?? '', /^pglite:.*\.squizzle\/database$/)
      assert.equal(database?.origin, 'default')
    }))
})
