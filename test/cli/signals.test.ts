import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {text} from 'node:stream/consumers'
import {setTimeout as sleep} from 'node:timers/promises'
import {inTerminal} from './terminal.ts'
import {plainEnv, program, type Outcome} from './program.ts'

/** Starts the command, sends it each signal once it shows the text before it, and waits for its end. */
async function interrupted(
  args: readonly string[],
  ...signals: readonly (readonly [NodeJS.Signals, string, number?])[]
): Promise<Outcome> {
  const child = spawn(process.execPath, [program, ...args], {
    env: plainEnv({}),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout = text(child.stdout)
  const ended = once(child, 'close') as Promise<[number | null]>
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  for (const [signal, shown, after = 0] of signals) {
    while (!stderr.includes(shown)) await once(child.stderr, 'data')
    await sleep(after)
    child.kill(signal)
  }
  const [exitCode] = await ended
  return {exitCode, stdout: await stdout, stderr}
}

describe('a signal', () => {
  it('SIGINT ends the work and the command with 130', async () => {
    const {exitCode, stderr, stdout} = await interrupted(
      ['transfer', 'slowly'],
      ['SIGINT', 'Waiting'],
    )
    assert.equal(exitCode, 130)
    assert.equal(stdout, '')
    assert.match(
      stderr,
      /\ninterrupted: cleaning up; .*\n[^]*\nError: interrupted\nWhat was begun .*\n$/,
    )
  })

  it('SIGTERM ends the work and the command with 143', async () => {
    const {exitCode, stderr} = await interrupted(['transfer', 'slowly'], ['SIGTERM', 'Waiting'])
    assert.equal(exitCode, 143)
    assert.match(stderr, /\nError: terminated\n/)
  })

  it('is a code and nothing else in JSON', async () => {
    const {exitCode, stderr, stdout} = await interrupted(
      ['stuck', 'politely', '--json'],
      ['SIGINT', 'ready'],
    )
    assert.equal(exitCode, 130)
    assert.equal(stderr, 'ready\n')
    const {error} = JSON.parse(stdout) as {error: {code: string; exitCode: number}}
    assert.equal(error.code, 'INTERRUPTED')
    assert.equal(error.exitCode, 130)
  })

  it('is what an error that follows it is reported as, with what that says', async () => {
    const {exitCode, stderr} = await interrupted(['stuck', 'rudely'], ['SIGTERM', 'ready'])
    assert.equal(exitCode, 143)
    assert.match(stderr, /\nError: terminated: oras was killed\nPush again\.\n$/)
  })

  it('does not hide that undoing failed', async () => {
    const {exitCode, stderr} = await interrupted(['stuck', 'badly'], ['SIGINT', 'ready'])
    assert.equal(exitCode, 7)
    assert.match(stderr, /\nError: the rollback failed\n$/)
  })

  it('ends the command at once when it comes a second time', async () => {
    const {exitCode, stderr} = await interrupted(
      ['stuck', 'deafly'],
      ['SIGINT', 'ready'],
      ['SIGTERM', 'cleaning up', 400],
    )
    assert.equal(exitCode, 143)
    assert.ok(!stderr.includes('Error:'))
  })

  it('counts once where npm passes it on to a process that the terminal told already', async () => {
    const {exitCode, stderr} = await interrupted(
      ['stuck', 'slowly'],
      ['SIGINT', 'ready'],
      ['SIGINT', 'cleaning up'],
    )
    assert.equal(exitCode, 130)
    assert.match(stderr, /\nError: interrupted\n/)
  })

  it('leaves a command alone that was done in spite of it', async () => {
    const {exitCode, stdout} = await interrupted(['stuck', 'stubbornly'], ['SIGINT', 'ready'])
    assert.equal(exitCode, 0)
    assert.equal(stdout, 'done\n')
  })
})

describe('Ctrl-C on a terminal', () => {
  it('leaves the tasks, the error in column 0, and the cursor', async () => {
    const terminal = inTerminal(['transfer', 'slowly'], {env: {NO_COLOR: '1'}})
    await terminal.until('Waiting')
    terminal.type('\u0003')
    assert.equal(await terminal.exitCode, 130)
    assert.match(
      terminal.left(),
      /\n⊘ layer 1\.1\.0 100%s\nWaiting\ninterrupted: cleaning up; .*\nError: interrupted\nWhat was begun .*\n$/,
    )
    assert.ok(terminal.hasCursor())
  })

  it('twice gives the cursor back too', async () => {
    const terminal = inTerminal(['stuck', 'deafly'], {env: {NO_COLOR: '1'}})
    await terminal.until('a task')
    terminal.type('\u0003')
    await terminal.until('cleaning up')
    await sleep(400)
    terminal.type('\u0003')
    assert.equal(await terminal.exitCode, 130)
    assert.ok(terminal.hasCursor(), terminal.shown())
  })
})
