import assert from 'node:assert/strict'
import {errorCodes, type ErrorCode} from '../../../src/errors.ts'
import type {Storage} from '../../../src/storage/storage.ts'
import {rejectsWith} from '../../support/errors.ts'
import {describeWith} from '../../support/services.ts'
import {artifactOf, cacheWith, create, keepIn, move, nextOf} from './support/artifacts.ts'
import {startScriptedRegistry, status, type Answer} from './support/scripted-registry.ts'
import {withWorkspace, type Workspace} from './support/workspace.ts'

const repository = 'shop/migrations'
const first = artifactOf(1)
const second = nextOf(first)

/** What a person does, with the first release in the registry. */
const acts = {
  resolve: (storage: Storage) => storage.resolve('1.0.0'),
  list: (storage: Storage) => Array.fromAsync(storage.tags()),
  pull: (storage: Storage, {newCache}: Workspace) => storage.pull(first.manifest, newCache()),
  push: async (storage: Storage, {newCache}: Workspace) =>
    storage.push(second.manifest, await cacheWith(newCache(), second), [create('1.1.0')]),
  'move a tag': (storage: Storage) => storage.tag(first.manifest, move('latest')),
  remove: (storage: Storage) => storage.remove('1.0.0'),
}

interface Case {
  readonly title: string
  /** Where a hosted registry's answer is quoted from. */
  readonly source?: string
  readonly act: keyof typeof acts
  /** The requests that are answered so. */
  readonly on: RegExp
  readonly answer: Answer
  readonly code: ErrorCode
  readonly exit: number
  readonly message: RegExp
  readonly hint: RegExp
  /** How many of those requests were made: who must not be asked again was not. */
  readonly asked?: number
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error
}

const any = /./
const putManifest = /^PUT .*\/manifests\//
const getLayer = /^GET .*\/blobs\//

const cases: readonly Case[] = [
  {
    title: 'no credentials',
    act: 'list',
    on: any,
    answer: status(
      401,
      {code: 'UNAUTHORIZED', message: 'authentication required'},
      {
        'www-authenticate': 'Basic realm="tests"',
      },
    ),
    code: 'AUTHENTICATION_REQUIRED',
    exit: 4,
    message: /^authentication required$/,
    hint: /`docker login 127\.0\.0\.1:\d+`.*OCI_USERNAME and OCI_PASSWORD.*`squizzle config validate`/,
    asked: 1,
  },
  {
    title: 'credentials that are asked for without a word',
    act: 'resolve',
    on: any,
    answer: status(401, {code: 'UNAUTHORIZED', message: 'authentication required'}),
    code: 'AUTHENTICATION_REQUIRED',
    exit: 4,
    message: /^authentication required$/,
    hint: /docker login/,
    // a HEAD, then a GET for the reason
    asked: 2,
  },
  {
    title: 'a token of a workflow that may not write the package',
    source: 'GHCR: fluxcd/flux2#3969',
    act: 'push',
    on: /^POST/,
    answer: status(403, {code: 'DENIED', message: 'permission_denied: write_package'}),
    code: 'PERMISSION_DENIED',
    exit: 4,
    message: /^permission denied$/,
    hint: /packages: write/,
  },
  {
    title: 'a permission that is missing',
    act: 'resolve',
    on: any,
    answer: status(403, {code: 'DENIED', message: 'requested access to the resource is denied'}),
    code: 'PERMISSION_DENIED',
    exit: 4,
    message: /^permission denied$/,
    hint: /none \(anonymous\)/,
    asked: 2,
  },
  {
    title: 'the limit of anonymous pulls',
    source: 'Docker Hub: helm/helm#31017',
    act: 'pull',
    on: any,
    answer: status(429, {
      code: 'TOOMANYREQUESTS',
      message:
        'You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit',
    }),
    code: 'RATE_LIMITED',
    exit: 3,
    message: /^rate limit exceeded$/,
    hint: /docker login/,
    // oras tries six times; the limit lasts for hours, so that it is not started again
    asked: 6,
  },
  {
    title: 'a layer that the registry has lost',
    act: 'pull',
    on: getLayer,
    answer: status(404, {code: 'BLOB_UNKNOWN', message: 'blob unknown to registry'}),
    code: 'INTEGRITY',
    exit: 6,
    message: /has lost the blob sha256:/,
    hint: /Push the version again/,
  },
  {
    title: 'a manifest that is not there',
    act: 'pull',
    on: /manifests/,
    answer: status(404, {code: 'MANIFEST_UNKNOWN', message: 'manifest unknown'}),
    code: 'VERSION_NOT_FOUND',
    exit: 2,
    message: /^manifest sha256:\w+ not found in oci:\/\/127/,
    hint: /squizzle list/,
    asked: 1,
  },
  {
    title: 'a repository that must be made first',
    source: 'ECR: actions/starter-workflows#2647',
    act: 'push',
    on: /^POST/,
    answer: status(404, {
      code: 'NAME_UNKNOWN',
      message:
        "The repository with name 'shop/migrations' does not exist in the registry with id '123456789012'",
    }),
    code: 'CONFIG_INVALID',
    exit: 2,
    message: /has no repository shop\/migrations$/,
    hint: /Create it there first/,
  },
  {
    title: 'an address where no registry is',
    act: 'list',
    on: any,
    answer: status(404, '404 page not found'),
    code: 'UNREACHABLE',
    exit: 3,
    message: /does not answer as a registry does$/,
    hint: /Check its name/,
    asked: 1,
  },
  {
    title: 'the login page of a proxy',
    act: 'list',
    on: any,
    answer: status(200, '<!doctype html><title>Please log in</title>', {
      'content-type': 'text/html',
    }),
    code: 'UNREACHABLE',
    exit: 3,
    message: /does not answer as a registry does$/,
    hint: /proxy or a login page/,
    asked: 1,
  },
  {
    title: 'a tag that is immutable',
    source: 'ECR: moby/buildkit#3776',
    act: 'move a tag',
    on: putManifest,
    answer: status(400, {
      code: 'TAG_INVALID',
      message:
        "The image tag 'latest' already exists in the 'shop/migrations' repository and cannot be overwritten because the repository is immutable.",
    }),
    code: 'TAG_IMMUTABLE',
    exit: 5,
    message: /forbids to move a tag of shop\/migrations$/,
    hint: /immutable/,
  },
  {
    title: 'a tag that is immutable',
    source: 'Harbor: goharbor/harbor#9718',
    act: 'move a tag',
    on: putManifest,
    answer: status(412, {
      code: 'PRECONDITION',
      message: "Failed to process request due to 'shop/migrations:latest' configured as immutable.",
    }),
    code: 'TAG_IMMUTABLE',
    exit: 5,
    message: /forbids to move a tag/,
    hint: /immutable/,
  },
  {
    title: 'a tag that is locked',
    source: 'ACR: Azure/acr-cli#70',
    act: 'move a tag',
    on: putManifest,
    answer: status(405, {
      code: 'REGISTRY_DISALLOWED_OPERATION',
      message:
        'The operation is disallowed on this registry, repository or image. View troubleshooting steps at https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation',
      detail: {},
    }),
    code: 'TAG_IMMUTABLE',
    exit: 5,
    message: /forbids to move a tag/,
    hint: /immutable/,
  },
  {
    title: 'a tag that is immutable',
    source: 'Quay 3.17: its documentation',
    act: 'move a tag',
    on: putManifest,
    answer: status(409, {
      code: 'TAG_INVALID',
      message: 'tag is immutable and cannot be overwritten',
    }),
    code: 'TAG_IMMUTABLE',
    exit: 5,
    message: /forbids to move a tag/,
    hint: /immutable/,
  },
  {
    title: 'an artifact type that is not on the list',
    source: 'GitLab: ocx-sh/ocx#480',
    act: 'push',
    on: putManifest,
    answer: status(400, {
      code: 'MANIFEST_INVALID',
      message: 'manifest invalid',
      detail: 'unknown media type: application/vnd.squizzle.config.v1+json',
    }),
    code: 'MEDIA_TYPE_REFUSED',
    exit: 2,
    message: /does not take squizzle's artifact type$/,
    hint: /GitLab.*/,
  },
  {
    title: 'an artifact type that is not known',
    source: 'Quay: oras-project/oras#738, GoogleContainerTools/jib#698',
    act: 'push',
    on: putManifest,
    answer: status(415, {
      code: 'MANIFEST_INVALID',
      message: 'manifest invalid',
      detail: {message: 'manifest schema version not supported'},
    }),
    code: 'MEDIA_TYPE_REFUSED',
    exit: 2,
    message: /does not take squizzle's artifact type$/,
    hint: /ALLOWED_OCI_ARTIFACT_TYPES/,
  },
  {
    title: 'a body that a proxy finds too large',
    act: 'push',
    on: /^PUT .*\/blobs\//,
    answer: status(413, '<html><h1>413 Request Entity Too Large</h1></html>'),
    code: 'TOO_LARGE',
    exit: 2,
    message: /refuses something for its size$/,
    hint: /limit/,
  },
  {
    title: 'a manifest that the registry finds too large',
    source: 'distribution 2.8, as it answered a manifest of more than 4 MiB',
    act: 'push',
    on: putManifest,
    answer: status(400, {
      code: 'MANIFEST_INVALID',
      message: 'manifest invalid',
      detail: 'http: request body too large',
    }),
    code: 'TOO_LARGE',
    exit: 2,
    message: /refuses something for its size$/,
    hint: /limit/,
  },
  {
    title: 'a registry that deletes nothing',
    source: 'GHCR: containers/skopeo#1880',
    act: 'remove',
    on: /^DELETE/,
    answer: status(405, {code: 'UNSUPPORTED', message: 'The operation is unsupported.'}),
    code: 'USAGE',
    exit: 2,
    message: /does not delete .*:1\.0\.0 for its clients$/,
    hint: /storage\.delete\.enabled/,
  },
  {
    title: 'a registry that deletes no manifest with a tag',
    source: 'GCR: its documentation of the error GOOGLE_MANIFEST_DANGLING_TAG',
    act: 'remove',
    on: /^DELETE/,
    answer: status(400, {
      code: 'GOOGLE_MANIFEST_DANGLING_TAG',
      message: 'Manifest is still referenced by tag: 1.0.0',
    }),
    code: 'USAGE',
    exit: 2,
    message: /does not delete .*:1\.0\.0 for its clients$/,
    hint: /own interface/,
  },
  {
    title: 'a layer of other bytes than its digest says',
    act: 'pull',
    on: new RegExp(`^GET .*/blobs/${first.layers[0]?.digest}`),
    answer: status(200, 'something else of the registry'.padEnd(Number(first.layers[0]?.size))),
    code: 'INTEGRITY',
    exit: 6,
    message: /does not match its digest$/,
    hint: /damages what it holds/,
    // once more, for the damage may have come on the way
    asked: 2,
  },
  {
    title: 'a redirect to a file',
    act: 'pull',
    on: getLayer,
    answer: status(307, '', {location: 'file:///etc/passwd'}),
    code: 'UNEXPECTED',
    exit: 1,
    message: /unsupported protocol scheme/,
    hint: /--verbose/,
  },
]

describeWith(['oras'], 'an error of a registry', () => {
  for (const {title, source, act, on, answer, code, exit, message, hint, asked} of cases) {
    const from = source === undefined ? '' : ` (${source})`
    it(`tells, on ${act}, ${title}${from}`, () =>
      withWorkspace(async (workspace) => {
        await using registry = await startScriptedRegistry()
        keepIn(registry, repository, first, '1.0.0')
        registry.on(on, answer)
        const storage = workspace.open({registry: registry.host, repository})
        const error = await rejectsWith(code, () => acts[act](storage, workspace))
        assert.equal(errorCodes[code].exit, exit)
        assert.match(error.message, message)
        assert.match(error.hint ?? '', hint)
        if (code !== 'VERSION_NOT_FOUND') {
          assert.match(String(innermost(error)), /^Error: Error/, 'what oras said is lost')
        }
        if (asked !== undefined) {
          assert.equal(registry.lines().filter((line) => on.test(line)).length, asked)
        }
      }))
  }

  it('is not mistaken for the name of a repository or a tag', () =>
    withWorkspace(async ({open}) => {
      await using registry = await startScriptedRegistry()
      const storage = open({registry: registry.host, repository: 'denied/toomanyrequests'})
      for (const tag of ['unauthorized', 'denied', 'immutable', 'EOF']) {
        assert.equal(await storage.resolve(tag), undefined)
      }
      assert.deepEqual(await Array.fromAsync(storage.tags()), [])
    }))

  it('carries nothing that a terminal would obey, and no signature of an address', () =>
    withWorkspace(async ({open}) => {
      await using registry = await startScriptedRegistry()
      registry.on(
        any,
        status(418, {code: 'TEAPOT', message: '\u001b]0;owned\u0007\u001b[2J\u202Etext'}),
      )
      const storage = open({registry: registry.host, repository})
      const error = await rejectsWith('UNEXPECTED', () => Array.fromAsync(storage.tags()))
      const shown = `${error.message}${error.hint}${(error.cause as Error).message}`
      assert.match(shown, /teapot/i)
      // eslint-disable-next-line no-control-regex -- control characters are what is looked for
      assert.doesNotMatch(shown, /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/)

      registry.on(any, (_request, response) => {
        response.writeHead(307, {location: 'http://127.0.0.1:1/blob?X-Amz-Signature=canary'}).end()
      })
      const signed = await rejectsWith('UNREACHABLE', () => Array.fromAsync(storage.tags()))
      assert.doesNotMatch((signed.cause as Error).message, /canary/)
    }))
})
