import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer} from 'node:net'
import type {AddressInfo, Server} from 'node:net'
import {openDatabase} from '../../src/database/open.ts'
import {SquizzleError} from '../../src/errors.ts'
import {withClient} from '../support/database.ts'
import {service} from '../support/services.ts'
import {describePostgres, withEngine, withRole} from './support/engines.ts'

/** The error of an attempt to connect, in which no secret may be. */
async function refusal(url: string): Promise<SquizzleError> {
  const error = await openDatabase(url).then(
    (session) => session.close(),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof SquizzleError, 'it connected')
  const all = JSON.stringify([error.message, error.hint, error.details, error.stack, error.cause])
  assert.doesNotMatch(all, /s3cret/)
  return error
}

async function withListener<T>(
  listener: Server,
  work: (address: string) => Promise<T>,
): Promise<T> {
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  try {
    return await work(`127.0.0.1:${(listener.address() as AddressInfo).port}`)
  } finally {
    listener.close()
  }
}

describe('a connection that cannot be made', () => {
  it('is unreachable where nobody listens', async () => {
    const closed = await withListener(createServer(), (address) => Promise.resolve(address))
    const error = await refusal(`postgres://u:s3cret@${closed}/db`)
    assert.equal(error.code, 'UNREACHABLE')
    assert.match(error.message, new RegExp(`postgres://u@${closed}/db: connect ECONNREFUSED`))
  })

  it('is unreachable where the name is nobody’s', async () => {
    const error = await refusal('postgres://u:s3cret@nobody.invalid/db')
    assert.equal(error.code, 'UNREACHABLE')
  })

  it('is unreachable where the server says nothing, within the time given', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined))
    silent.on('connection', (socket) => silent.once('close', () => socket.destroy()))
    const error = await withListener(silent, (address) =>
      refusal(`postgres://u:s3cret@${address}/db?connect_timeout=1`),
    )
    assert.equal(error.code, 'UNREACHABLE')
    assert.match(error.message, /within 1 seconds/)
  })

  it('is unreachable where what answers hangs up', async () => {
    const rude = createServer((socket) => socket.end())
    const error = await withListener(rude, (address) =>
      refusal(`postgres://u:s3cret@${address}/db`),
    )
    assert.equal(error.code, 'UNREACHABLE')
  })

  it('is refused for a certificate file that is not there', async () => {
    const error = await refusal(
      'postgres://u:s3cret@127.0.0.1/db?sslmode=verify-full&sslrootcert=/none',
    )
    assert.deepEqual([error.code, error.details['parameter']], ['CONFIG_INVALID', 'sslrootcert'])
  })

  it('is refused for an sslmode that libpq does not know', async () => {
    assert.equal(
      (await refusal('postgres://u:s3cret@127.0.0.1/db?sslmode=yes')).code,
      'CONFIG_INVALID',
    )
  })
})

describePostgres('a login', (engine) => {
  it('that is wrong asks for authentication', async () => {
    await withEngine(engine, async ({url}) => {
      const {app} = service(engine)
      const wrong = Object.assign(new URL(url), {username: app.user, password: 's3cret'}).href
      assert.equal((await refusal(wrong)).code, 'AUTHENTICATION_REQUIRED')
      const none = Object.assign(new URL(url), {username: app.user}).href
      assert.equal((await refusal(none)).code, 'AUTHENTICATION_REQUIRED')
    })
  })

  it('to a database that is not there is a mistake of the configuration', async () => {
    const url = Object.assign(new URL(service(engine).url), {pathname: 'nowhere'}).href
    const error = await refusal(url)
    assert.equal(error.code, 'CONFIG_INVALID')
    assert.match(error.message, /nowhere/)
  })

  it('without the right to connect is not permitted', async () => {
    await withEngine(engine, async ({url}) => {
      const {pathname} = new URL(url)
      await withClient(url, (client) =>
        client.query(`revoke connect on database ${pathname.slice(1)} from public`),
      )
      await withRole(url, async (_role, own) => {
        assert.equal((await refusal(own)).code, 'PERMISSION_DENIED')
      })
    })
  })

  it('beyond the limit of connections finds nobody to talk to', async () => {
    await withEngine(engine, ({url}) =>
      withRole(url, async (role, own) => {
        await withClient(url, (client) => client.query(`alter role ${role} connection limit 0`))
        assert.equal((await refusal(own)).code, 'UNREACHABLE')
      }),
    )
  })

  it('by TLS to a server without it is refused, unless it need not be TLS', async () => {
    const {url} = service(engine)
    assert.equal((await refusal(`${url}?sslmode=require`)).code, 'TLS')
    for (const mode of ['disable', 'allow', 'prefer']) {
      const session = await openDatabase(`${url}?sslmode=${mode}`)
      await session.close()
    }
  })
})
