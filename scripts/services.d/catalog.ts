import {ceph} from './ceph.ts'
import {distribution, privateDistribution} from './distribution.ts'
import {findPart} from './parts.ts'
import {pgbouncer} from './pgbouncer.ts'
import {postgres} from './postgres.ts'
import type {Service, Started} from './service.ts'
import {standby} from './standby.ts'
import {sftp} from './sshd.ts'
import {writeOnce} from './write-once.ts'

/** Every service, by the name that tests and `scripts/services` use. */
export const catalog = {
  postgres15: postgres('postgres15'),
  postgres17: postgres('postgres17'),
  postgres18: postgres('postgres18'),
  'postgres15-standby': standby,
  pgbouncer: pgbouncer('transaction'),
  'pgbouncer-session': pgbouncer('session'),
  registry: distribution,
  'registry-auth': privateDistribution,
  'registry-write-once': writeOnce,
  s3: ceph,
  sftp,
}

type Catalog = typeof catalog
export type ServiceName = keyof Catalog
export type ServiceFacts = {
  [Name in ServiceName]: Catalog[Name] extends Service<infer Facts> ? Facts : never
}

export const serviceNames: readonly ServiceName[] = Object.keys(catalog).filter(isServiceName)

export function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(catalog, name)
}

/** Why this machine can't run a service; undefined when it can. */
export function whyNot(name: ServiceName): string | undefined {
  for (const part of catalog[name].parts) {
    const found = findPart(part)
    if ('missing' in found) return `${part} is missing: ${found.missing}`
  }
  return undefined
}

export function startService(
  name: ServiceName,
  folder: string,
): Promise<Started<ServiceFacts[ServiceName]>> {
  return catalog[name].start(folder)
}
