import assert from 'node:assert/strict'
import {withTestDatabase} from '../../support/database.ts'
import {describeWith, service} from '../../support/services.ts'
import {withShell} from '../built.ts'

describeWith(['pgbouncer'], 'config validate', () => {
  it('tries database.directUrl, and tells whether it leads to the same database', () =>
    withTestDatabase('pgbouncer', (url) =>
      withShell(async ({write, run}) => {
        const {pathname} = new URL(url)
        const at = (database: string) =>
          Object.assign(new URL(service('pgbouncer').directUrl), {pathname: database}).href
        const validate = async (directUrl: string) => {
          const storage = {type: 'local', config: {path: 'artifacts'}}
          const config = {project: 'shop', storage, database: {url, directUrl}}
          await write({'squizzle.config.json': JSON.stringify(config)})
          const {stdout} = await run('config validate')
          return stdout
        }
        assert.match(
          await validate(at(pathname)),
          /^directUrl +ok +postgres:\S+: the same database$/m,
        )
        assert.match(await validate(at(pathname)), /^database +ok .*behind a pooler/m)
        assert.match(
          await validate(at('/postgres')),
          /^directUrl +FAILED .*leads to another database/m,
        )
        assert.match(await validate(url), /^directUrl +FAILED .*leads to a pooler/m)
      }),
    )).timeout(180_000)
})
