import assert from 'node:assert/strict'
import {join} from 'node:path'
import {apply} from '../../src/operations/apply.ts'
import {databaseAt, withWorld} from '../support/project.ts'

describe('a limit of time that the embedded database does not keep', () => {
  it('is told, each time that it would have held for something', () =>
    withWorld(async ({machine}) => {
      const dev = await machine('dev')
      await dev.release('1.0.0', {'0001_a.sql': 'create table a ();\n'})
      await dev.release('1.1.0', {
        '0002_b.sql': '-- squizzle: statement-timeout=10min\ncreate table b ();\n',
      })
      const url = `pglite:${join(dev.folder, 'database')}`
      const warningsOf = async (reference: string, statementTimeout?: string) => {
        const warnings: string[] = []
        const context = {
          ...dev.context,
          report: (step: {readonly type: string; readonly text?: string}) => {
            if (step.type === 'warning') warnings.push(step.text ?? '')
          },
        }
        await apply(context, {
          reference,
          database: {...databaseAt(url), ...(statementTimeout && {statementTimeout})},
          author: {by: 'tester', host: 'here', toolVersion: '1.2.3'},
          dryRun: false,
          allowAhead: false,
          allowNonempty: false,
          offline: false,
        })
        return warnings
      }
      assert.deepEqual(await warningsOf('1.0.0'), [])
      assert.deepEqual(await warningsOf('1.1.0'), [
        'the embedded database knows no statement-timeout: nothing ends 1.1.0/0002_b that runs for too long',
      ])
      await dev.release('1.2.0', {'0003_c.sql': 'create table c ();\n'})
      assert.match((await warningsOf('1.2.0', '5s')).join('\n'), /nothing ends any script/)
    })).timeout(180_000)
})
