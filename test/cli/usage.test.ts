import assert from 'node:assert/strict'
import {squizzle} from './program.ts'

/** A command line that can't be, the message, and the hint. */
const mistakes: readonly (readonly [line: string, message: string, hint: string])[] = [
  ['fial', 'unknown command: fial', 'Did you mean `squizzle fail`?'],
  ['fial PENDING', 'unknown command: fial', 'Did you mean `squizzle fail`?'],
  ['fial --help', 'unknown command: fial', 'Did you mean `squizzle fail`?'],
  ['deploy', 'unknown command: deploy', '`squizzle --help` lists the commands.'],
  ['cache clera', 'unknown command: cache clera', 'Did you mean `squizzle cache clear`?'],
  ['cache x', 'unknown command: cache x', '`squizzle cache --help` lists the commands.'],
  [
    'data extra',
    'unexpected argument: extra',
    '`squizzle data` takes no arguments; `squizzle data --help` says what it takes.',
  ],
  [
    'cache clear all',
    'unexpected argument: all',
    '`squizzle cache clear` takes no arguments; `squizzle cache clear --help` says what it takes.',
  ],
  [
    '--quiet data',
    'no command is named',
    'Flags follow their command; `squizzle --help` lists the commands.',
  ],
  [
    'transfer --registy=hunter2',
    'nonexistent flag: --registy',
    'Did you mean --registry? `squizzle transfer --help` says how it is used.',
  ],
  [
    'transfer --password=hunter2',
    'nonexistent flag: --password',
    '`squizzle transfer --help` says how it is used.',
  ],
  [
    'fail PENDING --password hunter2',
    'nonexistent flag: --password',
    '`squizzle fail --help` says how it is used.',
  ],
  [
    'transfer --registry hunter2 --storage hunter2',
    '--storage cannot also be provided when using --registry',
    '`squizzle transfer --help` says how it is used.',
  ],
  [
    'transfer --storage',
    'flag --storage expects a value',
    '`squizzle transfer --help` says how it is used.',
  ],
  [
    'transfer --timeout soon',
    'parsing --timeout: Expected an integer but received: soon',
    '`squizzle transfer --help` says how it is used.',
  ],
  [
    'transfer well again',
    'unexpected argument: again',
    '`squizzle transfer --help` says how it is used.',
  ],
  [
    'transfer oddly',
    'expected oddly to be one of: well, badly, slowly',
    '`squizzle transfer --help` says how it is used.',
  ],
  ['fail', 'missing 1 required arg', '`squizzle fail --help` says how it is used.'],
]

describe('a command line that cannot be', () => {
  for (const [line, message, hint] of mistakes) {
    it(`is explained: squizzle ${line}`, async () => {
      const args = line.split(' ')
      const [text, json] = await Promise.all([
        squizzle(args, {env: {CANARY: 'hunter2'}}),
        squizzle([...args, '--json'], {env: {CANARY: 'hunter2'}}),
      ])
      assert.equal(text.exitCode, 2)
      assert.equal(text.stdout, '')
      assert.ok(text.stderr.startsWith(`Error: ${message}\n${hint}\n`), text.stderr)
      if (!args.includes('--help')) {
        assert.equal(json.exitCode, 2)
        assert.equal(json.stderr, '')
        const {error} = JSON.parse(json.stdout) as {error: Record<string, unknown>}
        const {details, ...rest} = error
        assert.deepEqual(rest, {code: 'USAGE', exitCode: 2, message, hint})
        assert.ok(JSON.stringify(details).length < 200, 'nothing of the parser is shown')
      }
      assert.ok(!`${text.stderr}${json.stdout}`.includes('hunter2'), 'no value is shown')
    })
  }

  it('says what the missing argument is', async () => {
    const {stderr} = await squizzle(['fail'])
    assert.match(stderr, /\n\nhow {2}A code, or a way\n$/)
  })

  it('is answered in JSON where a topic stands alone', async () => {
    const {exitCode, stdout, stderr} = await squizzle(['cache', '--json'])
    assert.equal(exitCode, 2)
    assert.equal(stderr, '')
    assert.deepEqual(JSON.parse(stdout), {
      error: {
        code: 'USAGE',
        exitCode: 2,
        message: 'cache needs one more word',
        hint: 'Name one of: cache clear, cache size.',
        details: {},
      },
    })
  })

  it('is answered in text where --json is an argument', async () => {
    const {exitCode, stdout, stderr} = await squizzle(['fail', 'PENDING', '--', '--json'])
    assert.equal(exitCode, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /^Error: unexpected argument: --json\n/)
  })
})

describe('help', () => {
  it('is shown for nothing, for a topic, and for a command', async () => {
    const [all, topic, command] = await Promise.all([
      squizzle([]),
      squizzle(['cache']),
      squizzle(['transfer', '--help']),
    ])
    for (const {exitCode, stderr} of [all, topic, command]) {
      assert.deepEqual({exitCode, stderr}, {exitCode: 0, stderr: ''})
    }
    assert.match(all.stdout, /COMMANDS\n[^]*data /)
    assert.match(topic.stdout, /cache clear {2}/)
    assert.match(command.stdout, /GLOBAL FLAGS\n[^]*--json[^]*STORAGE FLAGS\n[^]*--registry/)
  })
})
