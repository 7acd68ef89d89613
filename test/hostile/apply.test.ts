import assert from 'node:assert/strict'
import {join} from 'node:path'
import {rejectsWith} from '../support/errors.ts'
import {withWorld} from '../support/project.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import {describeWith} from '../support/services.ts'
import {configs} from './corpus/configs.ts'
import {contents} from './corpus/contents.ts'
import {links} from './corpus/links.ts'
import {layOut} from './support/offer.ts'

const chosen = [
  'a config with another content',
  'a layer with two scripts swapped',
  'a layer with a script too many',
  'a layer with a symlink in the place of a file',
]

describeWith(['postgres15'], 'hostile: an apply', () => {
  for (const {title, code, make} of [...configs, ...contents, ...links]) {
    if (!chosen.includes(title)) continue
    it(`sends nothing that changes a database where it meets ${title}`, () =>
      withWorld(({machine, artifacts}) =>
        withTestDatabase('postgres15', async (url) => {
          const {storage = ''} = await layOut(make('/outside'), join(artifacts, '../offer'))
          const victim = await machine('victim', {storage})
          await rejectsWith(code, () => victim.apply(url))
          const {rows} = await withClient(url, (client) =>
            client.query(
              "select relname from pg_class where relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace) union all select nspname from pg_namespace where nspname = 'squizzle'",
            ),
          )
          assert.deepEqual(rows, [])
        }),
      ))
  }

  it('meets each of them', () => {
    const titles = [...configs, ...contents, ...links].map(({title}) => title)
    assert.deepEqual(
      chosen.filter((title) => !titles.includes(title)),
      [],
    )
  })
})
