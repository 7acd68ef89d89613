import assert from 'node:assert/strict'
import {dirname} from 'node:path'
import {fileURLToPath} from 'node:url'
import {squizzle} from '../cli/program.ts'
import {withWorld} from '../support/project.ts'
import {rivalsIn, type Rival} from '../support/rivals.ts'
import {run} from '../support/run.ts'
import {describeWith, service, tool} from '../support/services.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const rounds = 20

/** All push at once, each a process of its own; crane says what the tag names after. */
async function race(rivals: readonly Rival[], repository: string) {
  const env = {PATH: `${dirname(tool('oras'))}:${process.env['PATH']}`}
  const args = ['push', '1.0.0', '--registry', repository]
  const ended = await Promise.all(
    rivals.map(({machine}) => squizzle(args, {script: bin, cwd: machine.folder, env})),
  )
  const {stdout} = await run(tool('crane'), ['digest', '--insecure', `${repository}:1.0.0`])
  return {
    winners: rivals.filter((_, index) => ended[index]?.exitCode === 0).map(({digest}) => digest),
    losers: ended.filter(({exitCode}) => exitCode === 5).length,
    found: stdout.trim(),
  }
}

describeWith(
  ['registry', 'registry-write-once', 'oras', 'crane'],
  'ten processes with other content for one version',
  () => {
    it('leave exactly one winner where the registry forbids to move tags', () =>
      withWorld(async (world) => {
        const rivals = await rivalsIn(world, 10)
        const {address} = service('registry-write-once')
        for (let round = 0; round < rounds; round += 1) {
          const {winners, losers, found} = await race(
            rivals,
            `${address}/locked/race-${process.pid}-${round}`,
          )
          assert.deepEqual([winners.length, losers], [1, 9], `round ${round}`)
          assert.equal(found, winners[0])
        }
      })).timeout(600_000)

    it('leave the content of one that was told success where the last one wins', () =>
      withWorld(async (world) => {
        const rivals = await rivalsIn(world, 10)
        const {address} = service('registry')
        let several = 0
        for (let round = 0; round < rounds; round += 1) {
          const {winners, losers, found} = await race(
            rivals,
            `${address}/race-${process.pid}-${round}`,
          )
          assert.ok(winners.includes(found), `round ${round}`)
          assert.equal(winners.length + losers, 10, `round ${round}`)
          if (winners.length > 1) several += 1
        }
        // The registry's limit, as docs/registries.md tells it.
        console.log(
          `      distribution: more than one was told success in ${several} of ${rounds} rounds`,
        )
      })).timeout(600_000)
  },
)
