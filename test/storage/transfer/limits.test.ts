import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'
import {abortable, withLimits} from '../../../src/storage/transfer/limits.ts'
import {inParallel} from '../../../src/storage/transfer/parallel.ts'

describe('the limits of a call', () => {
  it('let work end that keeps within them', async () => {
    assert.equal(await withLimits('pulling artifact', {}, async () => 1), 1)
    const options = {timeout: 10_000, signal: new AbortController().signal}
    assert.equal(await withLimits('pulling artifact', options, async () => 2), 2)
  })

  it('say what took too long, and how to give it more time', async () => {
    const work = (signal: AbortSignal) => sleep(10_000, undefined, {signal})
    await assert.rejects(withLimits('pushing artifact', {timeout: 5}, work), {
      code: 'TIMEOUT',
      message: 'timeout pushing artifact',
      hint: /--timeout <seconds>/,
    })
  })

  it('throw the reason of the signal, before the work and within it', async () => {
    const reason = new Error('enough')
    const isReason = (error: unknown) => error === reason
    let begun = false
    const before = withLimits('x', {signal: AbortSignal.abort(reason)}, async () => {
      begun = true
    })
    await assert.rejects(before, isReason)
    assert.equal(begun, false)
    const controller = new AbortController()
    const within = withLimits('x', {signal: controller.signal}, (signal) => {
      controller.abort(reason)
      return sleep(10_000, undefined, {signal})
    })
    await assert.rejects(within, isReason)
  })

  it('pass on what the work itself fails with', async () => {
    const failure = new Error('its own')
    const work = withLimits('x', {timeout: 10_000}, () => Promise.reject(failure))
    await assert.rejects(work, (error) => error === failure)
  })

  it('end a wait for something that heeds no signal', async () => {
    const deaf = new Promise<never>(() => undefined)
    await assert.rejects(abortable(AbortSignal.timeout(5), deaf), {name: 'TimeoutError'})
    assert.equal(await abortable(new AbortController().signal, Promise.resolve(1)), 1)
  })
})

describe('work in parallel', () => {
  it('is done on every item, so many at a time', async () => {
    let [now, most] = [0, 0]
    const done = new Set<number>()
    await inParallel(new Set([1, 2, 3, 4, 5, 6, 7]), 3, async (item) => {
      most = Math.max(most, ++now)
      await sleep(1)
      now--
      done.add(item)
    })
    assert.equal(most, 3)
    assert.deepEqual(done, new Set([1, 2, 3, 4, 5, 6, 7]))
    await inParallel([], 3, () => Promise.reject(new Error('begun')))
  })

  it('begins nothing after a failure, and ends what is under way before it fails', async () => {
    const log: string[] = []
    const work = inParallel(['bad', 'slow', 'later'], 2, async (item) => {
      log.push(`begin ${item}`)
      if (item === 'bad') throw new Error(item)
      await sleep(10)
      log.push(`end ${item}`)
    })
    await assert.rejects(work, {message: 'bad'})
    assert.deepEqual(log, ['begin bad', 'begin slow', 'end slow'])
  })
})
