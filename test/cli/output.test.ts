import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {inTerminal} from './terminal.ts'
import {plainEnv, program, squizzle} from './program.ts'

const esc = '\u001B'

describe('the output in a pipe', () => {
  it('is the result on stdout, and one line for each task on stderr', async () => {
    const {exitCode, stdout, stderr} = await squizzle(['transfer'])
    assert.equal(exitCode, 0)
    assert.equal(stdout, 'Pushed 1.1.0\n')
    assert.equal(
      stderr,
      [
        'Storage: file:./artifacts',
        'layer 1.0.0  12.3kB  present',
        'layer 1.1.0 100%s  3MB  done',
        'Warning: latest was not moved\n',
      ].join('\n'),
    )
  })

  it('with --quiet is the result and the warnings', async () => {
    const {stdout, stderr} = await squizzle(['transfer', '--quiet'])
    assert.equal(stdout, 'Pushed 1.1.0\n')
    assert.equal(stderr, 'Warning: latest was not moved\n')
  })

  it('with --json is one document that has the warnings', async () => {
    const {stdout, stderr} = await squizzle(['transfer', '--json'])
    assert.equal(stderr, '')
    assert.deepEqual(JSON.parse(stdout), {version: '1.1.0', warnings: ['latest was not moved']})
  })

  it('has its error in column 0 behind the tasks', async () => {
    const {exitCode, stdout, stderr} = await squizzle(['transfer', 'badly'])
    assert.equal(exitCode, 3)
    assert.equal(stdout, '')
    assert.match(
      stderr,
      /\nlayer 1\.1\.0 100%s {2}not done\nError: the connection broke\nPush it again\.\n$/,
    )
  })

  it('is coloured only where that is asked for', async () => {
    const red = `${esc}[31mError:${esc}[39m`
    const colored = async (env: Record<string, string>) =>
      (await squizzle(['fail', 'PENDING'], {env})).stderr
    assert.ok((await colored({FORCE_COLOR: '1'})).startsWith(red))
    for (const env of [{}, {FORCE_COLOR: '0'}, {FORCE_COLOR: '1', NO_COLOR: '1'}]) {
      assert.match(await colored(env), /^Error: /)
    }
  })

  it('does not obey what others wrote into names and messages', async () => {
    const {stdout} = await squizzle(['data'])
    assert.equal(stdout, 'VERSION\n1.0.0\n1.1.0\n')
    const json = await squizzle(['data', '--json'])
    assert.ok(!json.stdout.includes(esc))
    const {rows} = JSON.parse(json.stdout) as {rows: {version: string}[]}
    assert.equal(rows[1]?.version, `1.1.0${esc}[31m`)
  })

  it('may be closed by its reader', async () => {
    for (const args of [['--help'], ['--version'], ['data'], ['transfer', '--json']]) {
      const child = spawn(process.execPath, [program, ...args], {
        env: plainEnv({}),
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child.stdout.destroy()
      const [exitCode] = (await once(child, 'close')) as [number | null]
      assert.equal(exitCode, 0, args.join(' '))
    }
  })

  it('may lose the reader of its progress, and goes on', async () => {
    const child = spawn(process.execPath, [program, 'transfer'], {
      env: plainEnv({}),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stderr.destroy()
    const [[chunk], [exitCode]] = await Promise.all([
      once(child.stdout.setEncoding('utf8'), 'data') as Promise<[string]>,
      once(child, 'close') as Promise<[number | null]>,
    ])
    assert.equal(chunk, 'Pushed 1.1.0\n')
    assert.equal(exitCode, 0)
  })
})

describe('the output on a terminal', () => {
  it('redraws the tasks under way, then leaves what came of them', async () => {
    const terminal = inTerminal(['transfer'], {env: {NO_COLOR: '1'}})
    assert.equal(await terminal.exitCode, 0)
    assert.match(terminal.shown(), /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] layer 1\.1\.0 100%s {2}(1|2|3|0B)/)
    assert.equal(
      terminal.left(),
      [
        'Storage: file:./artifacts',
        '↓ layer 1.0.0  12.3kB  present',
        '✔ layer 1.1.0 100%s  3MB  done',
        'Warning: latest was not moved',
        'Pushed 1.1.0\n',
      ].join('\n'),
    )
    assert.ok(terminal.hasCursor())
  })

  it('is drawn on stderr, whatever stdout is', async () => {
    const terminal = inTerminal(['transfer'], {redirect: '>/dev/null'})
    assert.equal(await terminal.exitCode, 0)
    assert.match(terminal.shown(), /✔.* layer 1\.1\.0/)
    assert.ok(!terminal.shown().includes('Pushed'))
  })

  it('has its error in column 0 behind the tasks, and the cursor back', async () => {
    const terminal = inTerminal(['transfer', 'badly'], {env: {NO_COLOR: '1'}})
    assert.equal(await terminal.exitCode, 3)
    assert.match(
      terminal.left(),
      /\n⊘ layer 1\.1\.0 100%s\nError: the connection broke\nPush it again\.\n$/,
    )
    assert.ok(terminal.hasCursor())
  })

  it('is coloured, but not under NO_COLOR', async () => {
    const colored = inTerminal(['fail', 'PENDING'])
    assert.equal(await colored.exitCode, 9)
    assert.ok(colored.shown().includes(`${esc}[31mError:${esc}[39m`))
    const plain = inTerminal(['transfer'], {env: {NO_COLOR: '1', FORCE_COLOR: '1'}})
    assert.equal(await plain.exitCode, 0)
    assert.ok(!plain.shown().includes(`${esc}[3`), plain.shown())
  })

  it('is plain lines in CI and where the terminal cannot redraw', async () => {
    const cases = [{env: {CI: 'true'}}, {env: {TERM: 'dumb'}}, {env: {}, columns: 0}]
    for (const {env, ...size} of cases) {
      const variables = {...env, NO_COLOR: '1'} as Record<string, string>
      const terminal = inTerminal(['transfer'], {env: variables, ...size})
      assert.equal(await terminal.exitCode, 0)
      assert.match(terminal.shown(), /^Storage: .*\nlayer 1\.0\.0 {2}12\.3kB {2}present\n/)
    }
  })

  it('with --json is the document alone', async () => {
    const terminal = inTerminal(['transfer', '--json'])
    assert.equal(await terminal.exitCode, 0)
    assert.deepEqual(JSON.parse(terminal.shown()), {
      version: '1.1.0',
      warnings: ['latest was not moved'],
    })
  })
})
