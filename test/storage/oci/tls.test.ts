import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {rejectsWith} from '../../support/errors.ts'
import {describeWith, service} from '../../support/services.ts'
import {artifactOf, keepIn} from './support/artifacts.ts'
import {makeAuthority} from './support/certificates.ts'
import {startScriptedRegistry} from './support/scripted-registry.ts'
import {newRepository, withWorkspace} from './support/workspace.ts'

const repository = 'shop/migrations'
const artifact = artifactOf(1)

describeWith(['oras', 'openssl'], 'a connection to a registry', () => {
  it('needs a certificate that is trusted, for this name, today', () =>
    withWorkspace(async ({folder, open, warnings}) => {
      const authority = await makeAuthority(join(folder, 'tls'))
      const {file: caFile} = authority
      const host = ['IP:127.0.0.1', 'DNS:localhost']
      const certificates = {
        untrusted: {tls: await authority.issue(host), config: {plainHttp: false}},
        name: {tls: await authority.issue(['DNS:registry.example']), config: {caFile}},
        expired: {tls: await authority.issue(host, -1), config: {caFile}},
      }
      const messages = {
        untrusted: /signed by an authority that is not trusted here$/,
        name: /is for another name$/,
        expired: /has expired or is not valid yet$/,
      }
      for (const kind of ['untrusted', 'name', 'expired'] as const) {
        const {tls, config} = certificates[kind]
        await using registry = await startScriptedRegistry({tls})
        keepIn(registry, repository, artifact, '1.0.0')
        const here = {registry: registry.host, repository}
        const storage = open({...here, ...config})
        const error = await rejectsWith('TLS', () => storage.resolve('1.0.0'))
        assert.match(error.message, messages[kind])
        const before = warnings.length
        assert.ok(await open({...here, insecure: true}).resolve('1.0.0'))
        assert.match(warnings.slice(before).join('\n'), /not checked \(insecure: true\)$/)
      }
    }))

  it('takes the authorities of caFile, relative to the configuration', () =>
    withWorkspace(async ({folder, open}) => {
      const authority = await makeAuthority(join(folder, 'tls'))
      const tls = await authority.issue(['IP:127.0.0.1', 'DNS:localhost'])
      await using registry = await startScriptedRegistry({tls})
      keepIn(registry, repository, artifact, '1.0.0')
      const local = registry.host.replace('127.0.0.1', 'localhost')
      for (const host of [registry.host, local]) {
        const storage = open({registry: host, repository, caFile: 'tls/ca.pem'})
        assert.ok(await storage.resolve('1.0.0'), host)
      }
    }))

  it('says what is wrong with caFile', () =>
    withWorkspace(async ({folder, open}) => {
      await writeFile(join(folder, 'text.pem'), 'no certificate')
      const here = {registry: '127.0.0.1:1', repository}
      const missing = open({...here, caFile: 'nowhere.pem'})
      const first = await rejectsWith('CONFIG_INVALID', () => missing.resolve('1.0.0'))
      assert.ok(first.message.includes(join(folder, 'nowhere.pem')))
      const wrong = open({...here, caFile: 'text.pem'})
      const second = await rejectsWith('CONFIG_INVALID', () => wrong.resolve('1.0.0'))
      assert.match(second.message, /caFile/)
    }))

  it('is HTTP on this machine unless something speaks for TLS', () =>
    withWorkspace(async ({open}) => {
      await using registry = await startScriptedRegistry()
      keepIn(registry, repository, artifact, '1.0.0')
      const local = registry.host.replace('127.0.0.1', 'localhost')
      for (const host of [registry.host, local]) {
        assert.ok(await open({registry: host, repository}).resolve('1.0.0'), host)
        for (const config of [{plainHttp: false}, {insecure: true}]) {
          const storage = open({registry: host, repository, ...config})
          const error = await rejectsWith('TLS', () => storage.resolve('1.0.0'))
          assert.match(error.message, /speaks plain HTTP, not HTTPS$/)
          assert.match(error.hint ?? '', /plainHttp: true/)
        }
      }
    }))

  it('tells a host that is not known from one that does not answer', () =>
    withWorkspace(async ({open}) => {
      const unknown = open({registry: 'registry.invalid', repository})
      const first = await rejectsWith('UNREACHABLE', () => unknown.resolve('1.0.0'))
      assert.equal(first.message, 'registry.invalid is not known: no such host')
      const refused = open({registry: '127.0.0.1:1', repository})
      const second = await rejectsWith('UNREACHABLE', () => refused.resolve('1.0.0'))
      assert.equal(second.message, '127.0.0.1:1 cannot be reached')
    }))
})

describeWith(['registry-auth', 'oras'], 'a registry behind TLS', () => {
  it('is told when plain HTTP is spoken to it', () =>
    withWorkspace(async ({open}) => {
      const {address, user} = service('registry-auth')
      const config = {registry: address, repository: newRepository(), auth: user}
      for (const act of [
        () => open(config).resolve('1.0.0'),
        () => Array.fromAsync(open(config).tags()),
      ]) {
        const error = await rejectsWith('TLS', act)
        assert.match(error.hint ?? '', /plainHttp: false/)
      }
    }))
})
