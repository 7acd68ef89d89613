import assert from 'node:assert/strict'
import {createRedactor, redactUrl} from '../../src/config/redact.ts'

const secrets = [
  'hunter2-hunter2',
  'p@ss/w0rd?#%',
  'quote"back\\slash',
  'ümläut geheim',
  "it's(a)secret!*",
]

describe('the redactor', () => {
  for (const secret of secrets) {
    const redact = createRedactor([secret])
    const url = new URL('postgres://u@h/d')
    url.password = secret
    const forms: Record<string, string> = {
      'as it is': secret,
      'as a URL component': encodeURIComponent(secret),
      'in lower-case escapes': encodeURIComponent(secret).replaceAll(/%../g, (it) =>
        it.toLowerCase(),
      ),
      'as the password of a URL': url.password,
      'in a query': new URLSearchParams({password: secret}).toString(),
      'in JSON': JSON.stringify({secret}),
      'in base64': Buffer.from(secret).toString('base64'),
      'in base64 for URLs': Buffer.from(secret).toString('base64url'),
    }
    for (const [name, text] of Object.entries(forms)) {
      it(`takes out ${JSON.stringify(secret)} ${name}`, () => {
        const clean = redact(`before ${text} after`)
        assert.ok(
          clean.startsWith('before ') && clean.endsWith(' after') && clean.includes('***'),
          clean,
        )
        for (const form of Object.values(forms)) assert.ok(!clean.includes(form), clean)
      })
    }

    it(`takes out ${JSON.stringify(secret)} in base64 behind a user of any length`, () => {
      for (const user of ['', 'u', 'us', 'use', 'user']) {
        const header = Buffer.from(`${user}:${secret}:more`).toString('base64')
        const clean = redact(header)
        assert.notEqual(clean, header)
        // What is left to decode may tell the outermost bits, never three characters in a row.
        const left = clean
          .split('***')
          .map((part) => Buffer.from(part, 'base64').toString('latin1'))
        const [start, end] = [secret.slice(0, 3), secret.slice(-3)]
        for (const part of left) assert.ok(!part.includes(start) && !part.includes(end), part)
      }
    })
  }

  it('takes out each line of a secret of several lines', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n'
    const redact = createRedactor([key])
    assert.equal(redact(`  hkiG9w0BAQEFAASC`), '  ***')
    assert.equal(redact(JSON.stringify({key})), '{"key":"***"}')
  })

  it('takes out the longest of secrets inside each other', () => {
    assert.equal(createRedactor(['abcdef', 'abcdefghi'])('abcdefghi'), '***')
  })

  it('takes $ and regular expressions for what they are', () => {
    const redact = createRedactor(['$&$1.*', '[a-z]+'])
    assert.equal(redact('x $&$1.* y [a-z]+ z abc'), 'x *** y *** z abc')
  })

  it('leaves words that everybody knows, and what is too short to be one', () => {
    const redact = createRedactor(['postgres', 'password', 'abc', ''])
    const text = 'FATAL: password authentication failed for user "postgres" abc'
    assert.equal(redact(text), text)
  })

  it('takes a secret of 1 MB and a text of 10 MB', () => {
    const redact = createRedactor(['x'.repeat(1_000_000)])
    const text = 'postgres://a:b '.repeat(700_000)
    assert.equal(redact(text).length, text.length)
  })
})

describe('a URL that is shown', () => {
  const cases: [url: string, shown: string][] = [
    ['postgres://app:hunter2@db:5432/shop', 'postgres://app:***@db:5432/shop'],
    ['postgresql://app:p/w#x?y@db/shop', 'postgresql://app:***@db/shop'],
    ['postgres://app:p@ss@db/shop', 'postgres://app:***@db/shop'],
    ['postgres://app@db/shop?sslmode=require', 'postgres://app@db/shop?sslmode=require'],
    [
      'postgres:///shop?user=app&password=hunter2&x=1',
      'postgres:///shop?user=app&password=***&x=1',
    ],
    ['pglite:.squizzle/database', 'pglite:.squizzle/database'],
    ['https://ghp_token@github.com/o/r.git', 'https://***@github.com/o/r.git'],
    ['https://x-access-token:ghp_token@github.com/o/r.git', 'https://***@github.com/o/r.git'],
    ['ssh://git@github.com/o/r.git', 'ssh://git@github.com/o/r.git'],
    ['git@github.com:o/r.git', 'git@github.com:o/r.git'],
    ['oci://localhost:5000/o/r@sha256:abc', 'oci://localhost:5000/o/r@sha256:abc'],
    ['http://localhost:5000/v2/o/r@x', 'http://localhost:5000/v2/o/r@x'],
    ['redis://:hunter2@cache:6379', 'redis://:***@cache:6379'],
    [
      'https://b.s3.amazonaws.com/k?X-Amz-Signature=abc&X-Amz-Date=1',
      'https://b.s3.amazonaws.com/k?X-Amz-Signature=***&X-Amz-Date=1',
    ],
    ['Authorization: Basic dTpw', 'Authorization: Basic ***'],
    ['{"authorization":"Bearer abc.def"}', '{"authorization":"Bearer ***"}'],
  ]
  for (const [url, shown] of cases) {
    it(`${url} as ${shown}`, () => {
      assert.equal(redactUrl(url), shown)
      assert.equal(redactUrl(`see "${url}", or (${url})`), `see "${shown}", or (${shown})`)
    })
  }
})
