import assert from 'node:assert/strict'
import {mkdir, rm, symlink, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {withTempDir} from '../../src/files/temp.ts'
import {detectFormat, readSource} from '../../src/source/read.ts'
import {rejectsWith} from '../support/errors.ts'

type Files = Record<string, string | Buffer>

async function withFolder<T>(files: Files, work: (path: string) => Promise<T>): Promise<T> {
  return withTempDir(async (path) => {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(path, name)), {recursive: true})
      await writeFile(join(path, name), content)
    }
    return work(path)
  })
}

const read = (files: Files, format?: string) =>
  withFolder(files, (path) => readSource({path, format}))

describe('the plain format', () => {
  it('runs in the order of its numbers, whatever their width; repeatable ones last', async () => {
    const {format, migrations} = await read({
      '10_ten.sql': 'select 10',
      '9_nine.sql': 'select 9',
      '0001_one.sql': 'select 1',
      'R__view.sql': 'select 0',
      '20240115103000-time.sql': 'select 2024',
    })
    assert.equal(format, 'plain')
    assert.deepEqual(
      migrations.map(({name, kind}) => `${name} ${kind}`),
      [
        '0001_one versioned',
        '9_nine versioned',
        '10_ten versioned',
        '20240115103000-time versioned',
        'R__view repeatable',
      ],
    )
  })

  it('finds the rollback and verify scripts beside each', async () => {
    const {migrations} = await read({
      '0001_a.sql': 'create table a ()',
      '0001_a.rollback.sql': 'drop table a',
      '0001_a.verify.sql': 'select from a',
      'R__v.sql': 'create or replace view v as select 1',
      'R__v.rollback.sql': 'drop view v',
    })
    const [a, v] = migrations
    assert.equal(a?.rollback?.bytes.toString(), 'drop table a')
    assert.equal(a?.verify?.file, '0001_a.verify.sql')
    assert.equal(v?.rollback?.bytes.toString(), 'drop view v')
  })

  it('passes over what is no SQL, and nothing else', async () => {
    const {migrations} = await read({
      'README.md': '# hello',
      '.hidden.sql': 'select',
      '.git/0003_x.sql': 'select',
      '0001_a.sql': 'select 1',
    })
    assert.deepEqual(
      migrations.map(({name}) => name),
      ['0001_a'],
    )
  })

  for (const [what, files] of Object.entries<Files>({
    'a file with another name': {'0001_a.sql': 'select 1', 'orders.sql': 'select 1'},
    'a file in a folder of its own': {'0001_a.sql': 'select 1', 'old/0002_b.sql': 'select 1'},
    'a rollback without its migration': {
      '0001_a.sql': 'select 1',
      '0002_b.rollback.sql': 'select 1',
    },
    "another tool's ending, which would run as a forward script": {
      '0001_a.sql': 'select 1',
      '0002_b.down.sql': 'drop table b',
    },
    'two names that differ only by case': {'0001_a.sql': 'select 1', '0001_A.sql': 'select 2'},
    'two names that are one in the artifact': {
      '0001_a b.sql': 'select 1',
      '0001_a+b.sql': 'select 2',
    },
    'a name that is too long': {[`0001_${'a'.repeat(120)}.sql`]: 'select 1'},
  })) {
    it(`refuses ${what}, naming it`, async () => {
      const error = await rejectsWith('SOURCE_INVALID', () => read(files))
      const last = Object.keys(files).at(-1) ?? ''
      assert.ok(error.message.includes(last), error.message)
    })
  }

  it('writes characters that an archive may not hold as _', async () => {
    const {migrations} = await read({'0001_größe (neu).sql': 'select 1'})
    assert.equal(migrations[0]?.name, '0001_gr__e__neu_')
  })

  it('is recognised, and nothing else is yet', async () => {
    await withFolder({'0001_a.sql': 'select 1'}, async (path) => {
      assert.equal(await detectFormat(path), 'plain')
    })
    await withFolder({'V1__a.sql': 'select 1'}, async (path) => {
      assert.equal(await detectFormat(path), undefined)
      await rejectsWith('SOURCE_INVALID', () => readSource({path}))
    })
  })

  it('names the known formats where the configuration names another', async () => {
    const error = await rejectsWith('CONFIG_INVALID', () =>
      read({'0001_a.sql': 'select 1'}, 'flyway'),
    )
    assert.match(error.hint ?? '', /plain/)
  })

  it('takes an empty folder for a project that has just begun, and none for a mistake', async () => {
    await withTempDir(async (path) => {
      assert.deepEqual((await readSource({path})).migrations, [])
      await rejectsWith('CONFIG_INVALID', () => readSource({path: join(path, 'none')}))
    })
  })
})

describe('the bytes of a script', () => {
  const one = async (content: string | Buffer) => {
    const {migrations} = await read({'0001_a.sql': content})
    return migrations[0]?.forward ?? assert.fail('no migration')
  }

  it('lose their BOM', async () => {
    const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('select 1')])
    assert.equal((await one(bytes)).bytes.toString(), 'select 1')
  })

  it('get LF where all line ends are CRLF', async () => {
    const {bytes, warnings} = await one('select 1,\r\n 2;\r\n')
    assert.equal(bytes.toString(), 'select 1,\n 2;\n')
    assert.deepEqual(warnings, [])
  })

  it('stay as they are where line ends are mixed, with a warning', async () => {
    const {bytes, warnings} = await one('select 1,\r\n 2;\n')
    assert.equal(bytes.toString(), 'select 1,\r\n 2;\n')
    assert.match(warnings.join(), /0001_a\.sql mixes line ends: 1 of 2/)
  })

  for (const [what, content, message] of [
    ['not UTF-8', Buffer.from([0x2d, 0x2d, 0x0a, 0x73, 0xe9, 0x6c]), /not UTF-8 on line 2/],
    [
      'cut in the middle of a character',
      Buffer.from([0x61, 0x0a, 0xf0, 0x9f]),
      /not UTF-8 on line 2/,
    ],
    ['UTF-16', Buffer.from('\ufeffselect 1', 'utf16le'), /UTF-16/],
    ['with a NUL', Buffer.from('select 1;\nselect \0 2;'), /NUL byte on line 2/],
    ['empty', '', /it is empty/],
    ['blank', ' \n\t\n', /it is empty/],
    ['nothing but a BOM', Buffer.from([0xef, 0xbb, 0xbf]), /it is empty/],
  ] as const) {
    it(`${what} are refused, naming the file`, async () => {
      const error = await rejectsWith('SOURCE_INVALID', () => one(content))
      assert.match(error.message, /^0001_a\.sql cannot be packed/)
      assert.match(error.message, message)
    })
  }
})

describe('what only looks like a migration', () => {
  for (const [what, name] of [
    ['a rollback in capitals', '0001_a.ROLLBACK.sql'],
    ['a verify script in capitals', '0001_a.Verify.sql'],
    ['a rollback of nothing', '0001_.rollback.sql'],
  ] as const) {
    it(`${what} is refused, not run forward`, async () => {
      const error = await rejectsWith('SOURCE_INVALID', () =>
        read({'0001_a.sql': 'select 1', [name]: 'drop table a'}),
      )
      assert.ok(error.message.includes(name))
    })
  }

  it('is refused where it is a folder, or a link to nothing', () =>
    withFolder({'0001_a.sql': 'select 1'}, async (path) => {
      await mkdir(join(path, '0002_b.sql'))
      await rejectsWith('SOURCE_INVALID', () => readSource({path}))
      await rm(join(path, '0002_b.sql'), {recursive: true})
      await symlink(join(path, 'nothing'), join(path, '0003_c.sql'))
      await rejectsWith('SOURCE_INVALID', () => readSource({path}))
    }))
})
