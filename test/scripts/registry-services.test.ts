import assert from 'node:assert/strict'
import {run} from '../support/run.ts'
import {describeWith, service, tool} from '../support/services.ts'

const oras = (args: readonly string[]) => run(tool('oras'), args)

describeWith(['registry'], 'the service registry', () => {
  it('answers as an OCI registry', async () => {
    const response = await fetch(`${service('registry').url}/v2/`)
    assert.equal(response.headers.get('docker-distribution-api-version'), 'registry/2.0')
  })
})

describeWith(['registry-auth', 'oras'], 'the service registry-auth', () => {
  it('refuses who does not trust its authority, gives no password, or a wrong one', async () => {
    const {address, ca, user} = service('registry-auth')
    const tags = ['repo', 'tags', `${address}/some/repository`]
    assert.match((await oras(tags)).stderr, /certificate signed by unknown authority/)
    assert.match((await oras([...tags, '--ca-file', ca])).stderr, /credential not found/)
    const login = ['--username', user.username, '--password', 'wrong']
    assert.match((await oras([...tags, '--ca-file', ca, ...login])).stderr, /unauthorized/)
  })

  it('admits its user', async () => {
    const {address, ca, user} = service('registry-auth')
    const login = ['--ca-file', ca, '--username', user.username, '--password', user.password]
    const {stdout} = await oras(['push', `${address}/some/repository:1`, ...login])
    assert.match(stdout, /Pushed/)
  })
})

describeWith(['registry-write-once', 'oras'], 'the service registry-write-once', () => {
  it('lets a tag be moved', async () => {
    assert.match((await pushTo('free/to/move', 'one')).stdout, /Pushed/)
    assert.match((await pushTo('free/to/move', 'two')).stdout, /Pushed/)
  })

  it('never moves a tag below locked/', async () => {
    assert.match((await pushTo('locked/it', 'one')).stdout, /Pushed/)
    assert.match((await pushTo('locked/it', 'two')).stderr, /denied/)
  })

  it('lets exactly one of many have a tag below locked/', async () => {
    const pushers = Array.from({length: 10}, (_, index) => pushTo('locked/race', `${index}`))
    const winners = (await Promise.all(pushers)).filter(({exitCode}) => exitCode === 0)
    assert.equal(winners.length, 1)
  })
})

function pushTo(repository: string, note: string) {
  const reference = `${service('registry-write-once').address}/${repository}:1.0.0`
  return oras(['push', '--plain-http', reference, '--annotation', `note=${note}`])
}
