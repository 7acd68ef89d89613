import assert from 'node:assert/strict'
import {runProgram, type ProgramOptions} from '../../../src/storage/oci/program.ts'

const run = (script: string, options: Partial<ProgramOptions> = {}) =>
  runProgram('/bin/sh', ['-c', script], {
    env: {},
    signal: new AbortController().signal,
    ...options,
  })

describe('a program that is run', () => {
  it('sees no environment but its own, and nothing on its standard input', async () => {
    const {ok, stdout} = await run('/usr/bin/env; /bin/cat', {env: {GREETING: 'hello'}})
    assert.ok(ok)
    assert.match(stdout.toString(), /^GREETING=hello$/m)
    assert.doesNotMatch(stdout.toString(), /^(?:HOME|USER|PATH=.*node)/m)
  })

  it('gives its output as bytes, its errors as text, and how it ended', async () => {
    const result = await run(String.raw`printf '\377\000'; echo wrong >&2; exit 3`)
    assert.deepEqual([...result.stdout], [255, 0])
    assert.deepEqual([result.ok, result.stderr, result.ending], [false, 'wrong\n', 'exit code 3'])
  })

  it('gives its output line by line, the last one also without an end', async () => {
    const lines: string[] = []
    await run(String.raw`printf 'one\ntw'; printf 'o\n\nä'`, {onLine: (line) => lines.push(line)})
    assert.deepEqual(lines, ['one', 'two', '', 'ä'])
  })

  it('is ended when a line is refused', async () => {
    const refusal = new Error('not that')
    const onLine = () => {
      throw refusal
    }
    await assert.rejects(
      run('echo one; exec /bin/sleep 60', {onLine}),
      (error) => error === refusal,
    )
  })

  it('is ended when it says too much, and only the end of its errors is kept', async () => {
    const flood = await run('while :; do echo 0123456789; done', {largestOutput: 1000})
    assert.equal(flood.failure, 'overflow')
    const {stderr} = await run('i=0; while [ $i -lt 20000 ]; do echo $i >&2; i=$((i+1)); done')
    assert.ok(stderr.length <= 16 * 1024)
    assert.ok(stderr.endsWith('19999\n'))
  })

  it('is ended when nothing moves any more', async () => {
    const silent = await run('exec /bin/sleep 60', {idle: {after: 200}})
    assert.equal(silent.failure, 'idle')
    assert.equal(silent.ok, false)
  })

  it('lives as long as its pulse changes', async () => {
    let beats = 0
    const pulse = async () => ++beats
    const {ok} = await run('exec /bin/sleep 0.8', {idle: {after: 200, pulse}})
    assert.ok(ok)
    const stopped = await run('exec /bin/sleep 60', {idle: {after: 200, pulse: async () => 1}})
    assert.equal(stopped.failure, 'idle')
  })

  it('is not started for a signal that was aborted before', async () => {
    const reason = new Error('too late')
    const signal = AbortSignal.abort(reason)
    await assert.rejects(run('exit 0', {signal}), (error) => error === reason)
  })

  it('says when it cannot be started', async () => {
    const options = {env: {}, signal: new AbortController().signal}
    const {failure, ending} = await runProgram('/nowhere/oras', [], options)
    assert.deepEqual([failure, ending], ['unstartable', 'ENOENT'])
  })
})
