import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {openDatabase} from '../../src/database/open.ts'
import {withTempDir} from '../../src/files/temp.ts'
import {service} from '../support/services.ts'
import {makeCertificates} from './support/certificate.ts'
import {describePostgres} from './support/engines.ts'
import {withTlsFront} from './support/tls-front.ts'
import type {TlsFront} from './support/tls-front.ts'

const {authority, server} = makeCertificates('localhost')
const stranger = makeCertificates('localhost').authority

describePostgres('a TLS connection', (engine) => {
  /** Runs the work behind a certificate for `localhost`, with the files of the authority and of another one. */
  const behindTls = (
    host: string,
    work: (front: TlsFront, authorityFile: string, strangerFile: string) => Promise<void>,
  ) =>
    withTempDir(async (folder) => {
      const files = [join(folder, 'authority.pem'), join(folder, 'stranger.pem')] as const
      await writeFile(files[0], authority)
      await writeFile(files[1], stranger)
      await withTlsFront(service(engine).url, host, server, (front) => work(front, ...files))
    })

  const connects = async (url: string) => {
    const session = await openDatabase(url)
    assert.deepEqual(await session.query('select 1 as n'), [{n: '1'}])
    await session.close()
  }

  it('is made without a word where the server has it, and trusts any certificate then', async () => {
    await behindTls('localhost', async ({url, encrypted}) => {
      await connects(url)
      await connects(`${url}?sslmode=prefer`)
      await connects(`${url}?sslmode=require`)
      await connects(`${url}?sslmode=no-verify`)
      assert.equal(encrypted(), 4)
    })
  })

  it('trusts only the authority given, by verify-ca for any host', async () => {
    await behindTls('127.0.0.1', async ({url}, file, other) => {
      await connects(`${url}?sslmode=verify-ca&sslrootcert=${file}`)
      await connects(`${url}?sslmode=require&sslrootcert=${file}`)
      for (const mode of ['require', 'verify-ca', 'verify-full']) {
        await assert.rejects(openDatabase(`${url}?sslmode=${mode}&sslrootcert=${other}`), {
          code: 'TLS',
        })
      }
      await assert.rejects(openDatabase(`${url}?sslmode=verify-ca`), {code: 'TLS'})
    })
  })

  it('is only for the host that the certificate names, by verify-full', async () => {
    await behindTls('localhost', async ({url}, file) => {
      await connects(`${url}?sslmode=verify-full&sslrootcert=${file}`)
    })
    await behindTls('127.0.0.1', async ({url}, file) => {
      await assert.rejects(openDatabase(`${url}?sslmode=verify-full&sslrootcert=${file}`), {
        code: 'TLS',
      })
    })
  })

  it('takes a cancel request by TLS too', async () => {
    await behindTls('localhost', async ({url, encrypted}) => {
      const session = await openDatabase(`${url}?sslmode=require`)
      const asleep = `select from pg_stat_activity where pid = ${session.server.backend} and wait_event = 'PgSleep'`
      const canceled = assert.rejects(session.run('select pg_sleep(20)'), {code: '57014'})
      const watcher = await openDatabase(service(engine).url)
      while ((await watcher.query(`${asleep}; select 1`)).length === 1);
      await watcher.close()
      await session.cancel()
      await canceled
      await session.close()
      assert.equal(encrypted(), 2)
    })
  })

  it('that is not bound to the login is refused where that is asked for, before the password is sent', async () => {
    await behindTls('localhost', async ({url}) => {
      const {app} = service(engine)
      const login = Object.assign(new URL(url), {username: app.user, password: app.password})
      await connects(login.href)
      login.searchParams.set('channel_binding', 'require')
      await assert.rejects(openDatabase(login.href), {code: 'TLS', message: /channel binding/})
      await assert.rejects(openDatabase(`${url}?channel_binding=require`), {code: 'TLS'})
    })
  })
})
