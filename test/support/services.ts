import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {isServiceName, whyNot} from '../../scripts/services.d/catalog.ts'
import type {ServiceFacts, ServiceName} from '../../scripts/services.d/catalog.ts'
import {findPart, partPath} from '../../scripts/services.d/parts.ts'
import type {PartName} from '../../scripts/services.d/parts.ts'
import type {Running} from '../../scripts/services.d/running.ts'

export type {ServiceName} from '../../scripts/services.d/catalog.ts'
export type {PartName} from '../../scripts/services.d/parts.ts'

/** A server to talk to, a program to run, or the right to mount a file system: for all, or in a namespace of one's own. */
export type Need = ServiceName | PartName | 'mount' | 'private-mount'

/** The PostgreSQL servers on which a test of SQL behaviour should hold. */
export const postgresServers = ['postgres15', 'postgres17', 'postgres18'] as const

const wanted = new Set<ServiceName>()

/** The services that the loaded test files have asked for by describeWith. */
export function wantedServices(): readonly ServiceName[] {
  return [...wanted]
}

/** What a client needs to know of a running service. For use inside hooks and tests, below a describeWith. */
export function service<Name extends ServiceName>(name: Name): ServiceFacts[Name] {
  const facts: ServiceFacts[Name] | undefined = readRunning()?.services[name]
  if (facts === undefined) {
    throw new Error(`the service '${name}' does not run: ask for it by describeWith`)
  }
  return facts
}

/** The path of a program that the scripts have installed, such as oras or psql. */
export function tool(name: PartName): string {
  return partPath(name)
}

/**
 * A suite that needs services or tools. Where this machine can't have one of them, each test of
 * the suite is registered as pending with the reason in the suite's title. This is the one place
 * where tests are left out; the reporter lists them, and CI fails when there are any.
 */
export function describeWith(needs: readonly Need[], title: string, tests: () => void): void {
  const reasons = needs.map(whyAbsent).filter((reason) => reason !== undefined)
  if (reasons.length > 0) {
    describe(`${title} (skipped: ${reasons.join('; ')})`, function () {
      this.pending = true
      tests()
    })
  } else {
    for (const need of needs) {
      if (isServiceName(need)) wanted.add(need)
    }
    describe(title, tests)
  }
}

function whyAbsent(need: Need): string | undefined {
  if (need === 'mount') return process.getuid?.() === 0 ? undefined : 'only root may mount'
  if (need === 'private-mount') return whyNoPrivateMount()
  if (isServiceName(need)) {
    const running = readRunning()
    if (running === undefined) return whyNot(need)
    if (running.services[need] !== undefined) return undefined
    return running.skipped[need] ?? `${need} is not among the started services`
  }
  const part = findPart(need)
  return 'missing' in part ? `${need} is missing: ${part.missing}` : undefined
}

function whyNoPrivateMount(): string | undefined {
  const args = ['--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']
  const {error, status} = spawnSync('unshare', args)
  if (error !== undefined) return 'unshare is missing'
  return status === 0 ? undefined : 'unshare may not mount here'
}

/** Undefined as long as nothing has been started. */
function readRunning(): Running | undefined {
  const file = process.env['SQUIZZLE_TEST_SERVICES']
  return file === undefined ? undefined : JSON.parse(readFileSync(file, 'utf8'))
}
