import assert from 'node:assert/strict'
import {isSquizzleError} from '../../../src/errors.ts'
import {inParallel} from '../../../src/storage/transfer/parallel.ts'
import {service} from '../../../test/support/services.ts'
import type {Machine} from '../../../test/support/project.ts'
import {Fault} from '../figure.ts'
import type {Figure} from '../figure.ts'
import {byteChanges} from '../support/byte-changes.ts'
import {withCopy} from '../support/databases.ts'
import {mark} from '../support/merged.ts'
import {appliedReleases, stateOf} from '../support/state.ts'
import {withTamperedWorld} from '../support/tampered-world.ts'
import type {StoredFile} from '../support/tampered-world.ts'
import {countSent} from '../support/watched.ts'

const undetected = 'changes undetected'
const late = 'migration statements sent before detection'

/** Bytes of an artifact that share a change. */
const region = {short: 128, long: 16}

/** Every region of every file of an artifact is changed, in the storage and in the cache. */
export const tamperedArtifact: Figure = {
  name: 'tampered-artifact',
  runs: 'changed files of artifact and cache',
  least: {short: 100, long: 600},
  faults: [undetected, late],
  torture: ({form, random, run}) =>
    withTamperedWorld(async ({files, withChanged, untouched}) => {
      const server = service('postgres15').url
      const clean = await withCopy(server, undefined, async (url) => {
        assert.ok((await sentBy(untouched, url, false)).sent > 0, 'the witness sees nothing')
        return stateOf(url)
      })
      for (const place of ['storage', 'cache'] as const) {
        const file = files.find((one) => one.place === place)
        assert.ok(file !== undefined)
        // a copy with nothing changed works: what is refused below is the change
        await withChanged(
          file,
          (bytes) => bytes,
          (machine) =>
            withCopy(server, undefined, async (url) => {
              assert.equal((await sentBy(machine, url, place === 'cache')).error, undefined)
              assert.equal(await stateOf(url), clean)
            }),
        )
      }
      const changes = files.flatMap((file) =>
        byteChanges(file.size, region[form], random).map((change) => ({file, ...change})),
      )
      await withCopy(server, undefined, (empty) =>
        inParallel(changes, 3, ({file, title, change}) =>
          run(`${file.place}: ${file.path}, ${title}`, () =>
            withChanged(file, change, (machine) =>
              file.isBlob
                ? refuse(machine, empty, file)
                : withCopy(server, undefined, (url) => refuseOrIgnore(machine, url, file, clean)),
            ),
          ),
        ),
      )
    }),
}

/** What a digest names must be refused. */
async function refuse(machine: Machine, url: string, {place}: StoredFile): Promise<void> {
  const {sent, error} = await sentBy(machine, url, place === 'cache')
  if (error === undefined) throw new Fault(undetected, 'nothing was said')
  if (sent > 0) throw new Fault(late, `${sent} messages with migrations were sent`)
  if (!isSquizzleError(error) || error.code === 'UNEXPECTED') throw error
}

/** What only leads to the artifact may be refused, or lead to the very same one. */
async function refuseOrIgnore(
  machine: Machine,
  url: string,
  {place}: StoredFile,
  clean: string,
): Promise<void> {
  const {sent, error} = await sentBy(machine, url, place === 'cache')
  if (error === undefined) {
    if ((await stateOf(url)) !== clean) throw new Fault(undetected, 'something else was applied')
    return
  }
  if (sent > 0) throw new Fault(late, `${sent} messages with migrations were sent`)
  if (!isSquizzleError(error) || error.code === 'UNEXPECTED') throw error
  assert.deepEqual(await appliedReleases(url), [])
}

async function sentBy(machine: Machine, url: string, offline: boolean) {
  let error: unknown
  const sent = await countSent(url, mark, (through) =>
    machine.apply(through, {reference: '1.2.0', offline}).catch((reason: unknown) => {
      error = reason
    }),
  )
  return {sent, error}
}
