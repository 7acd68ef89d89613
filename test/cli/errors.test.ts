import assert from 'node:assert/strict'
import {errorCodes, type ErrorCode} from '../../src/errors.ts'
import {squizzle, type Outcome} from './program.ts'

const canary = 'cAn4ry+s3cr&t'
const forms = [
  canary,
  encodeURIComponent(canary),
  JSON.stringify(canary).slice(1, -1),
  Buffer.from(canary).toString('base64'),
]
const codes = Object.keys(errorCodes) as ErrorCode[]
const codesAtOnce = 4

interface ErrorDocument {
  readonly error: {
    readonly code: string
    readonly exitCode: number
    readonly message: string
    readonly hint?: string
    readonly details: Readonly<Record<string, unknown>>
  }
}

function fail(...args: string[]): Promise<Outcome> {
  return squizzle(['fail', ...args], {env: {CANARY: canary}})
}

function documentOf({stdout, stderr}: Outcome): ErrorDocument['error'] {
  assert.equal(stderr, '')
  const document = JSON.parse(stdout) as ErrorDocument
  assert.deepEqual(Object.keys(document), ['error'])
  return document.error
}

function assertNoSecret({stdout, stderr}: Outcome): void {
  for (const form of forms) assert.ok(!`${stdout}${stderr}`.includes(form), `${form} is shown`)
}

describe('an error', () => {
  const outcomes = new Map<string, Outcome>()

  before(async function () {
    this.timeout(120_000)
    const runs = codes.flatMap((code) => [[code], [code, '--json']])
    const next = runs.values()
    const worker = async () => {
      for (const args of next) outcomes.set(args.join(' '), await fail(...args))
    }
    await Promise.all(Array.from({length: codesAtOnce}, worker))
  })

  for (const code of codes) {
    it(`${code} ends with ${errorCodes[code].exit}, in text and in JSON, and tells no secret`, () => {
      const text = outcomes.get(code)
      const json = outcomes.get(`${code} --json`)
      assert.ok(text && json)
      assert.equal(text.exitCode, errorCodes[code].exit)
      assert.equal(json.exitCode, errorCodes[code].exit)

      assert.equal(text.stdout, '')
      assert.equal(
        text.stderr,
        "Error: it failed near ***\nDo something about ***.\n\n  1 | select '***'\n    | ^\n",
      )
      assert.deepEqual(documentOf(json), {
        code,
        exitCode: errorCodes[code].exit,
        message: 'it failed near ***\u001B]0;title\u0007',
        hint: 'Do something about ***.',
        details: {excerpt: "  1 | select '***'\n    | ^\n", path: ['***'], count: 1},
      })
      for (const outcome of [text, json]) assertNoSecret(outcome)
    })
  }

  it('that nobody foresaw asks to be reported, and shows its stack on demand only', async () => {
    const text = await fail('unforeseen')
    assert.equal(text.exitCode, 1)
    assert.match(text.stderr, /^Error: no such thing as \*\*\*\n.*please report it.*\n$/)
    const verbose = await fail('unforeseen', '--verbose')
    assert.match(verbose.stderr, /\n {4}at .*fail\.ts:/)
    assert.match(verbose.stderr, /\nCaused by: connection to \*\*\*\n$/)
    const json = await fail('unforeseen', '--json')
    const {code, exitCode, message, details} = documentOf(json)
    assert.deepEqual(
      {code, exitCode, message, details},
      {code: 'UNEXPECTED', exitCode: 1, message: 'no such thing as ***', details: {}},
    )
    for (const outcome of [text, verbose, json]) assertNoSecret(outcome)
  })

  it('shows its causes on demand', async () => {
    const text = await fail('CONNECTION_LOST', '--verbose')
    assert.match(text.stderr, /\n\nCaused by: below: \*\*\*\nCaused by: deepest\n$/)
    assertNoSecret(text)
    const {stdout} = await fail('CONNECTION_LOST', '--json', '--verbose')
    const {error} = JSON.parse(stdout) as {error: {causes: string[]}}
    assert.deepEqual(error.causes, ['below: ***', 'deepest'])
  })

  it('before the configuration is read tells no secret of the environment either', async () => {
    for (const flags of [[], ['--json'], ['--verbose']]) {
      const outcome = await squizzle(['fail', 'early', ...flags], {env: {APP_TOKEN: canary}})
      assert.match(outcome.stderr + outcome.stdout, /cannot read \*\*\*/)
      assertNoSecret(outcome)
    }
  })

  it('of several attempts tells what each of them met', async () => {
    const {stderr} = await fail('aggregate')
    assert.match(stderr, /^Error: refused at ::1; refused at 127\.0\.0\.1\n/)
  })

  it('that is no Error, or is thrown where nobody waits for it, is reported all the same', async () => {
    for (const how of ['text', 'rejection']) {
      const text = await fail(how)
      assert.equal(text.exitCode, 1)
      assert.match(text.stderr, /^Error: (only|left alone) \*\*\*\n.*please report it.*\n$/)
      assertNoSecret(text)
      assert.equal(documentOf(await fail(how, '--json')).code, 'UNEXPECTED')
    }
  })

  it('of oclif is a usage error', async () => {
    const text = await fail('oclif')
    assert.equal(text.exitCode, 2)
    assert.match(text.stderr, /^Error: plain \*\*\*\n/)
    assert.equal(documentOf(await fail('oclif', '--json')).code, 'USAGE')
  })

  it('is printed behind the warnings that came before it', async () => {
    const {stderr, stdout} = await squizzle(['fail', 'warned', '--json'])
    assert.equal(stderr, 'Warning: mind the gap\n')
    assert.equal((JSON.parse(stdout) as ErrorDocument).error.code, 'PENDING')
  })
})

describe('a command', () => {
  it('that ends early with 0 has an empty result', async () => {
    const text = await fail('exit-0')
    assert.deepEqual(text, {exitCode: 0, stdout: '', stderr: ''})
    const json = await fail('exit-0', '--json')
    assert.equal(json.exitCode, 0)
    assert.deepEqual(JSON.parse(json.stdout), {warnings: []})
  })

  it('that ends early with another exit code keeps it', async () => {
    assert.deepEqual(await fail('exit-9'), {exitCode: 9, stdout: '', stderr: ''})
    const json = await fail('exit-9', '--json')
    assert.equal(json.exitCode, 9)
    assert.equal(documentOf(json).exitCode, 9)
  })

  it('whose answer has an exit code keeps both', async () => {
    assert.deepEqual(await fail('answer'), {exitCode: 9, stdout: '2 pending\n', stderr: ''})
    const json = await fail('answer', '--json')
    assert.equal(json.exitCode, 9)
    assert.deepEqual(JSON.parse(json.stdout), {pending: 2, warnings: []})
  })

  it('without a result gives a program a document to read', async () => {
    const json = await fail('nothing', '--json')
    assert.equal(json.exitCode, 0)
    assert.deepEqual(JSON.parse(json.stdout), {warnings: []})
  })
})
