import {isSquizzleError, SquizzleError} from '../../errors.ts'
import type {ErrorCode} from '../../errors.ts'
import type {Host} from '../hosts.ts'
import type {ServerFacts, Session} from '../session.ts'
import {describeDatabase} from '../url.ts'
import type {PostgresUrl} from '../url.ts'

/** Which servers will do, and whether any other one will if there is none of them. */
interface Wish {
  readonly accepts: (server: ServerFacts) => boolean
  readonly othersToo: boolean
  /** What none of the servers is. */
  readonly adjective: string
}

const isWritable = ({standby, readOnly}: ServerFacts) => !standby && !readOnly
const isStandby = ({standby}: ServerFacts) => standby

/** The values of libpq's `target_session_attrs`. */
const wishes: Readonly<Record<string, Wish>> = {
  any: {accepts: () => true, othersToo: true, adjective: 'usable'},
  'read-write': {accepts: isWritable, othersToo: false, adjective: 'writable'},
  'read-only': {accepts: (it) => !isWritable(it), othersToo: false, adjective: 'read-only'},
  primary: {accepts: (it) => !isStandby(it), othersToo: false, adjective: 'a primary'},
  standby: {accepts: isStandby, othersToo: false, adjective: 'a standby'},
  'prefer-standby': {accepts: isStandby, othersToo: true, adjective: 'a standby'},
}

/**
 * Unlike libpq, which takes the first server that answers: migrations are written, and who names several servers
 * does not know which one is the primary today.
 */
const preferWritable: Wish = {accepts: isWritable, othersToo: true, adjective: 'writable'}

/** What another server of the URL may make up for; a wrong password is wrong everywhere. */
const tryNext: readonly ErrorCode[] = ['UNREACHABLE', 'TLS', 'CONNECTION_LOST']

/**
 * Tries the servers of a URL in their order.
 * @throws CONFIG_INVALID for a wish that libpq does not know; UNREACHABLE where no server is what is wished for; what
 *   `connect` throws
 */
export async function firstWanted(
  url: PostgresUrl,
  connect: (host: Host) => Promise<Session>,
): Promise<Session> {
  const wish = wishOf(url)
  const refusals: SquizzleError[] = []
  let other: Session | undefined
  try {
    for (const host of url.hosts) {
      const session = await connect(host).catch((error: unknown) => {
        if (!isSquizzleError(error) || !tryNext.includes(error.code)) throw error
        refusals.push(error)
      })
      if (session === undefined) continue
      if (wish.accepts(session.server)) {
        await other?.close()
        return session
      }
      refusals.push(unwanted(session, wish))
      if (wish.othersToo && other === undefined) other = session
      else await session.close()
    }
  } catch (error) {
    await other?.close()
    throw error
  }
  if (other !== undefined) return other
  throw noneOf(url, refusals)
}

function wishOf({hosts, parameters}: PostgresUrl): Wish {
  const name = parameters['target_session_attrs']
  if (name === undefined) {
    return hosts.length > 1 ? preferWritable : {...preferWritable, accepts: () => true}
  }
  if (Object.hasOwn(wishes, name)) return wishes[name] ?? preferWritable
  throw new SquizzleError('CONFIG_INVALID', 'target_session_attrs in the database URL is unknown', {
    hint: `Use one of ${Object.keys(wishes).join(', ')}.`,
    details: {parameter: 'target_session_attrs'},
  })
}

function unwanted({name, server}: Session, {adjective}: Wish): SquizzleError {
  const is = server.standby ? 'is a standby' : server.readOnly ? 'is read only' : 'takes writes'
  return new SquizzleError('UNREACHABLE', `${name} ${is}`, {
    hint: `The URL wants a server that is ${adjective}: target_session_attrs.`,
    details: {database: name},
  })
}

function noneOf(url: PostgresUrl, refusals: readonly SquizzleError[]): SquizzleError {
  const [first] = refusals
  if (first !== undefined && refusals.length === 1) return first
  const name = describeDatabase(url)
  return new SquizzleError(
    'UNREACHABLE',
    `none of the servers of ${name} will do: ${refusals.map(({message}) => message).join('; ')}`,
    {
      hint: 'Check that one of them runs, the hosts and ports of the URL, and its target_session_attrs.',
      details: {database: name, servers: refusals.map(({message}) => message)},
      cause: first,
    },
  )
}
