import assert from 'node:assert/strict'
import {explain} from '../../../src/storage/oci/explain.ts'
import {classify, type FailureKind} from '../../../src/storage/oci/failure.ts'
import {pauseBefore} from '../../../src/storage/oci/retry.ts'

const repository = 'ghcr.io/shop/migrations'

const attempt = {
  location: {registry: 'ghcr.io', repository: 'shop/migrations'},
  doing: 'pulling artifact',
  plainHttp: false,
  credentials: 'none (anonymous)',
}

const kindOf = (text: string) => classify(text, repository).kind

/** What oras 1.3.3 printed, of what is not provoked by the other tests; only names are changed. */
const recorded: readonly (readonly [FailureKind, string])[] = [
  [
    'disk-full',
    'Error from destination oci-layout for "artifact:artifact": failed to ingest: copy failed: write /cache/.tmp-oras-x/artifact/ingest/1ebb77185571_3420386035: no space left on device',
  ],
  ['not-writable', 'Error: mkdir /cache/blobs: permission denied'],
  ['interrupted', 'Error: interrupt signal received'],
  [
    'wrong-name',
    `Error: failed to find "${repository}:1.0.0": Head "https://ghcr.io/v2/shop/migrations/manifests/1.0.0": tls: failed to verify certificate: x509: certificate is valid for proxy.example, not ghcr.io`,
  ],
  [
    'unknown-host',
    `Error: failed to fetch the content of "${repository}:1.0.0": Get "https://ghcr.io/v2/shop/migrations/manifests/1.0.0": dial tcp: lookup ghcr.io on 10.255.255.53:53: no such host`,
  ],
  [
    'refused',
    `Error from source registry for "${repository}@sha256:00": Get "http://127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused`,
  ],
  [
    'busy',
    `Error response from registry: HEAD "https://ghcr.io/v2/shop/migrations/manifests/1.0.0": response status code 500: Internal Server Error`,
  ],
  ['busy', 'Error response from registry: unknown: unknown error'],
  [
    'cut',
    `Error from source registry for "${repository}:1.0.0": Get "https://ghcr.io/v2/shop/migrations/blobs/sha256:6c65": EOF`,
  ],
  [
    'cut',
    'Error from destination oci-layout for "artifact:artifact": failed to ingest: copy failed: read tcp 127.0.0.1:58064->127.0.0.1:35551: read: connection reset by peer',
  ],
  [
    'corrupt',
    `Error from source registry for "${repository}:1.0.0": read failed: expected content size of 1007, got 11, for digest sha256:d5f9: unexpected EOF`,
  ],
  [
    'blob-unknown',
    `Error from destination registry for "${repository}": digest invalid: provided digest did not match uploaded content; manifest blob unknown: blob unknown to registry: sha256:0c3158ab`,
  ],
  [
    'unauthorized',
    `Error: failed to find "${repository}:1": HEAD "https://ghcr.io/v2/shop/migrations/manifests/1": GET "https://ghcr.io/token?scope=repository%3Ashop%2Fmigrations%3Apull&service=ghcr.io": response status code 401: unauthorized: incorrect username or password`,
  ],
  [
    'helper-missing',
    `Error: failed to find "${repository}:1": HEAD "https://ghcr.io/v2/shop/migrations/manifests/1": failed to resolve credential: exec: "docker-credential-desktop": executable file not found in $PATH`,
  ],
  [
    'helper-failed',
    `unlock your keyring: not found\nError: failed to find "${repository}:1": HEAD "https://ghcr.io/v2/shop/migrations/manifests/1": failed to resolve credential: exit status 1`,
  ],
  [
    'docker-config',
    'Error: failed to decode config file /home/ada/.docker/config.json: invalid config format: invalid character',
  ],
  ['unknown', 'Error: something that nobody has seen before'],
  ['unknown', ''],
]

describe('what oras says of a failure', () => {
  for (const [kind, text] of recorded) {
    it(`is recognised as ${kind}: ${text.split('\n').at(-1)?.slice(0, 60)}`, () => {
      assert.equal(kindOf(text), kind)
      const error = explain(classify(text, repository), attempt)
      assert.doesNotMatch(`${error.message} ${error.hint}`, /[{}]|undefined/)
    })
  }

  it('names the helper that is missing and where to log in', () => {
    const text =
      'Error: failed to resolve credential: exec: "docker-credential-desktop": executable file not found in $PATH'
    const error = explain(classify(text, repository), attempt)
    assert.equal(error.code, 'TOOL_MISSING')
    assert.equal(error.message, 'docker-credential-desktop was not found on PATH')
    assert.match(error.hint ?? '', /`docker login ghcr\.io`/)
  })

  it('carries the status of a registry that fails', () => {
    const text =
      'Error response from registry: GET "https://ghcr.io/v2/": response status code 502: Bad Gateway'
    const error = explain(classify(text, repository), attempt)
    assert.equal(error.message, 'ghcr.io fails to answer (status 502)')
    assert.equal(error.exitCode, 3)
  })
})

const pause = (text: string, tries = 0) => pauseBefore(classify(text, repository), tries)

/** falcosecurity/plugins#1069 */
const limitOfGhcr = (wait: string) =>
  `Error response from registry: toomanyrequests: retry-after: ${wait}, allowed: 44000/minute`

describe('another try', () => {
  it('is made for what may pass, later each time, and then no more', () => {
    const text = 'Error: Get "https://ghcr.io/v2/": EOF'
    const pauses = [0, 1, 2].map((tries) => pause(text, tries) ?? 0)
    assert.ok(pauses[0]! > 0 && pauses[1]! > pauses[0]! && pauses[2]! > pauses[1]!)
    assert.equal(pause(text, 3), undefined)
  })

  for (const text of [
    'Error: basic credential not found',
    'Error response from registry: unauthorized: authentication required',
    'Error response from registry: denied: requested access to the resource is denied',
    'Error response from registry: ghcr.io/shop/migrations:1.0.0: not found',
    'Error: dial tcp: lookup ghcr.oi: no such host',
    'Error: tls: failed to verify certificate: x509: certificate signed by unknown authority',
  ]) {
    it(`is not made after ${text}`, () => {
      assert.equal(pause(text), undefined)
    })
  }

  it('waits as long as GHCR says, if that is not too long', () => {
    assert.ok(pause(limitOfGhcr('985.86µs'))! < 5000)
    assert.ok(pause(limitOfGhcr('12.5s'))! >= 12_500)
    assert.equal(pause(limitOfGhcr('2m')), undefined)
  })

  it('is not made where Docker Hub counts pulls for hours', () => {
    const text =
      'Error response from registry: toomanyrequests: You have reached your pull rate limit.'
    assert.equal(pause(text), undefined)
  })
})
