import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'
import {formatAge, formatBytes, formatDate, formatDuration} from '../../src/cli/display/format.ts'
import {plainDisplay} from '../../src/cli/display/plain.ts'
import {table} from '../../src/cli/display/table.ts'

describe('plain lines', () => {
  function lines(patience?: {first: number; next: number}) {
    const written: string[] = []
    const display = plainDisplay(
      (line) => written.push(line),
      (line) => written.push(`! ${line}`),
      patience,
    )
    return {written, display}
  }

  it('tell what came of each task, in the order in which they end', async () => {
    const {written, display} = lines()
    for (const id of ['a', 'b', 'c', 'd']) display.task(id, `task ${id}`)
    display.update('a', 'half')
    display.done('b', '12.3kB')
    display.skip('a')
    display.fail('c')
    display.warn('careful')
    await display.close()
    assert.deepEqual(written, [
      'task b  12.3kB',
      'task a  skipped',
      'task c  failed',
      '! careful',
      'task d  not done',
    ])
  })

  it('ignore what is told of a task that has ended', async () => {
    const {written, display} = lines()
    display.task('a', 'task a')
    display.done('a')
    display.done('a')
    display.update('b', 'x')
    await display.close()
    assert.deepEqual(written, ['task a  done'])
  })

  it('show that a long task is alive, and how far it is', async () => {
    const {written, display} = lines({first: 1, next: 1})
    display.task('a', 'task a')
    display.update('a', '4MB of 12MB')
    while (written.length < 2) await sleep(1)
    display.done('a')
    const beats = written.slice(0, -1)
    for (const line of beats) {
      assert.match(line, /^task a {2}4MB of 12MB {2}still running after \d+ms$/)
    }
    await sleep(20)
    assert.equal(written.at(-1), 'task a  done')
  })
})

describe('a table', () => {
  it('aligns its columns under capital headings', () => {
    const rows = [
      {version: '1.0.0', size: '405B', notes: ''},
      {version: '1.10.0-rc.1', size: '12.3kB', notes: 'two\nlines'},
    ]
    assert.equal(
      table(rows, [
        {heading: 'version', value: ({version}) => version},
        {heading: 'size', value: ({size}) => size, align: 'right'},
        {heading: 'notes', value: ({notes}) => notes},
      ]),
      [
        'VERSION         SIZE   NOTES',
        '1.0.0           405B',
        '1.10.0-rc.1   12.3kB   two lines',
      ].join('\n'),
    )
  })

  it('counts characters, not their parts', () => {
    const rows = [{name: '🐘🐘'}, {name: 'ab'}]
    const text = table(rows, [
      {heading: 'x', value: ({name}) => name},
      {heading: 'y', value: () => '|'},
    ])
    assert.equal(text, 'X    Y\n🐘🐘   |\nab   |')
  })

  it('without rows is its heading', () => {
    assert.equal(table([], [{heading: 'tag', value: String}]), 'TAG')
  })
})

describe('a number for people', () => {
  const sizes: readonly (readonly [number, string])[] = [
    [0, '0B'],
    [405, '405B'],
    [999, '999B'],
    [1000, '1kB'],
    [12_345, '12.3kB'],
    [999_499, '999kB'],
    [999_500, '1MB'],
    [1_200_000, '1.2MB'],
    [1_234_567, '1.23MB'],
    [5e9, '5GB'],
    [1e18, '1000PB'],
  ]
  for (const [bytes, text] of sizes) {
    it(`shows ${bytes} bytes as ${text}`, () => assert.equal(formatBytes(bytes), text))
  }

  const durations: readonly (readonly [number, string])[] = [
    [0, '0ms'],
    [12.4, '12ms'],
    [999.4, '999ms'],
    [999.6, '1.0s'],
    [1234, '1.2s'],
    [9_949, '9.9s'],
    [9_950, '10s'],
    [59_499, '59s'],
    [59_500, '1m00s'],
    [125_000, '2m05s'],
    [3_599_500, '1h00m'],
    [3_720_000, '1h02m'],
    [90_000_000, '25h00m'],
  ]
  for (const [milliseconds, text] of durations) {
    it(`shows ${milliseconds} ms as ${text}`, () =>
      assert.equal(formatDuration(milliseconds), text))
  }

  const now = new Date('2026-11-22T12:00:00Z')
  const ages: readonly (readonly [string, string])[] = [
    ['2026-11-22T12:00:01Z', 'just now'],
    ['2026-11-22T11:59:59.500Z', 'just now'],
    ['2026-11-22T11:59:59Z', '1 second ago'],
    ['2026-11-22T11:59:01Z', '59 seconds ago'],
    ['2026-11-22T11:58:30Z', '1 minute ago'],
    ['2026-11-22T09:00:00Z', '3 hours ago'],
    ['2026-11-20T12:00:00Z', '2 days ago'],
    ['2026-11-08T12:00:00Z', '2 weeks ago'],
    ['2026-10-01T12:00:00Z', '1 month ago'],
    ['2024-11-20T12:00:00Z', '2 years ago'],
  ]
  for (const [date, text] of ages) {
    it(`shows ${date} as ${text}`, () => assert.equal(formatAge(date, now), text))
  }

  it('shows a date the same everywhere', () => {
    assert.equal(formatDate('2026-11-22T12:34:56+02:00'), '2026-11-22 10:34 UTC')
  })
})
