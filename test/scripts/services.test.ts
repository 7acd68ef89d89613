import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {createRunning, isUp, startMore, stopSome} from '../../scripts/services.d/running.ts'
import {startServer} from '../../scripts/services.d/process.ts'
import type {Running} from '../../scripts/services.d/running.ts'
import {withTempDir} from '../../src/files/temp.ts'
import {run} from '../support/run.ts'
import {describeWith} from '../support/services.ts'

const root = join(import.meta.dirname, '../..')
const main = join(root, 'scripts/services.d/main.ts')

describeWith(['registry'], 'scripts/services', () => {
  it('starts what does not run yet, stops what is named, and leaves nothing behind', async () => {
    const empty = await createRunning()
    try {
      const first = await startMore(empty, ['registry'])
      const again = await startMore(first, ['registry'])
      assert.deepEqual(again, first)
      assert.equal(isUp(again, 'registry'), true)
      const stopped = await stopSome(again, ['registry'])
      assert.deepEqual(stopped, empty)
      assert.equal(isUp(again, 'registry'), false)
      assert.equal(existsSync(join(empty.folder, 'registry')), false)
    } finally {
      await rm(empty.folder, {recursive: true})
    }
  })

  it('stops what it holds for another process when that one is killed', async () => {
    const holding = `require('node:child_process').spawn(process.execPath,
      [${JSON.stringify(main)}, 'hold', 'registry'], {stdio: ['pipe', 'inherit', 'inherit']})`
    const other = spawn(process.execPath, ['--eval', holding], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface(other.stdout)
    const [file] = await once(lines, 'line')
    const running: Running = JSON.parse(readFileSync(file, 'utf8'))
    assert.equal(isUp(running, 'registry'), true)
    other.kill('SIGKILL')
    await once(lines, 'close') // which is when the last process that could write there has ended
    assert.equal(isUp(running, 'registry'), false)
    assert.equal(existsSync(running.folder), false)
  })

  it('starts again what has died', async () => {
    const empty = await createRunning()
    const first = await startMore(empty, ['registry'])
    const [server] = first.processes.registry ?? []
    assert.ok(server)
    process.kill(server.pid, 'SIGKILL')
    const second = await startMore(first, ['registry'])
    assert.equal(isUp(second, 'registry'), true)
    await stopSome(second, ['registry'])
    await rm(empty.folder, {recursive: true})
  })

  it('says why a server did not start, and does not wait for it', async () => {
    await withTempDir(async (folder) => {
      const log = join(folder, 'log')
      const failing = startServer({
        command: '/bin/sh',
        args: ['-c', 'echo no room; exit 3'],
        folder,
        output: log,
        log,
        stopSignal: 'SIGTERM',
        answers: () => Promise.reject(new Error('nobody there')),
      })
      await assert.rejects(failing, /did not start: it ended with exit code 3\nno room$/)
    })
  })

  it('refuses a name that no service has', async () => {
    const {exitCode, stderr} = await run(process.execPath, [main, 'start', 'postgres9'])
    assert.equal(exitCode, 2)
    assert.match(stderr, /^Error: no service is called 'postgres9'/)
  })
})

describe('a test whose service is missing', () => {
  it('is listed with the reason, counted on the last line, and forbidden in CI', () =>
    withTempDir(async (folder) => {
      const report = join(folder, 'report.json')
      const running = join(folder, 'running.json')
      const skipped = {registry: 'docker-registry is missing: not on PATH'}
      writeFileSync(running, JSON.stringify({folder, services: {}, skipped, processes: {}}))
      const mocha = [
        '--reporter',
        'test/support/reporter.ts',
        '--reporter-option',
        `report=${report}`,
      ]
      const file = 'test/scripts/fixtures/needs-registry.ts'
      const ran = await run(process.execPath, ['node_modules/mocha/bin/mocha.js', ...mocha, file], {
        cwd: root,
        env: {...process.env, SQUIZZLE_TEST_SERVICES: running},
      })
      assert.equal(ran.exitCode, 0, ran.stderr)

      const summary = (...args: string[]) =>
        run(process.execPath, ['test/support/summary.ts', ...args], {cwd: root})
      const allowed = await summary(report)
      assert.equal(allowed.exitCode, 0)
      const suite = 'what a registry does (skipped: docker-registry is missing: not on PATH)'
      assert.deepEqual(allowed.stdout.split('\n'), [
        'Skipped:',
        `  ${suite} does one thing`,
        `  ${suite} does another thing`,
        '0 passed, 0 failed, 2 skipped',
        '',
      ])
      const forbidden = await summary('--forbid-skipped', report)
      assert.equal(forbidden.exitCode, 1)

      const half = await summary(report, join(folder, 'of-a-run-that-died.json'))
      assert.equal(half.exitCode, 1)
      assert.match(half.stdout, /^A test run ended without a report\.$/m)
    }))
})
