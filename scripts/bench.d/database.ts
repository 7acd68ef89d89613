import {Client} from 'pg'
import {service} from '../../test/support/services.ts'

const name = 'squizzle_bench'

/** The URL of an empty database; one that is there is dropped first. */
export async function freshDatabase(): Promise<string> {
  const {url} = service('postgres15')
  const client = new Client(url)
  await client.connect()
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return Object.assign(new URL(url), {pathname: name}).href
}
