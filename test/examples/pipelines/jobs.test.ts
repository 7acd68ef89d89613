import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {fileURLToPath} from 'node:url'
import {parse} from 'yaml'
import {withClient} from '../../support/database.ts'
import {describeWith} from '../../support/services.ts'
import {pipelineNeeds, pipelines, withCheckout, type Checkout} from './checkout.ts'

interface Job {
  readonly stage: string
  readonly script: readonly string[]
}

async function appliedReleases({url}: Checkout): Promise<unknown[]> {
  const {rows} = await withClient(url, (client) =>
    client.query('select version, state from squizzle.releases order by position'),
  )
  return rows
}

describeWith(pipelineNeeds, 'the GitLab pipeline', () => {
  it('releases, brings staging up to it, then production, and may be run again', () =>
    withCheckout('gitlab/shop', async (checkout) => {
      const text = await readFile(new URL('gitlab/.gitlab-ci.yml', pipelines), 'utf8')
      const {
        stages,
        default: defaults,
        ...rest
      } = parse(text) as {
        readonly stages: readonly string[]
        readonly default: {readonly image: unknown}
      }
      // a runner starts a shell in the image, whose entry point would take it for a command
      assert.deepEqual(defaults.image, {name: 'squizzle:latest', entrypoint: ['']})
      const jobs = Object.values(rest as Readonly<Record<string, Job>>).filter((job) => job.script)
      assert.deepEqual(
        jobs.map((job) => job.stage),
        stages,
      )
      for (const round of ['first', 'again']) {
        for (const {stage, script} of jobs) {
          const {exitCode, stderr} = await checkout.run('sh', ['-ec', script.join('\n')], {
            CI: 'true',
            CI_COMMIT_TAG: 'v1.0.0',
          })
          assert.equal(exitCode, 0, `${stage}, ${round}: ${stderr}`)
        }
      }
      assert.deepEqual(await appliedReleases(checkout), [{version: '1.0.0', state: 'applied'}])
      assert.equal(await checkout.digestOf('production'), await checkout.digestOf('1.0.0'))
    })).timeout(180_000)
})

describeWith(pipelineNeeds, 'the shell pipeline', () => {
  const script = fileURLToPath(new URL('shell/release.sh', pipelines))

  it('releases and applies, and may be run again', () =>
    withCheckout('shell/shop', async (checkout) => {
      for (const round of ['first', 'again']) {
        const {exitCode, stderr} = await checkout.run(script, ['1.0.0'], {CI: 'true'})
        assert.equal(exitCode, 0, `${round}: ${stderr}`)
      }
      assert.deepEqual(await appliedReleases(checkout), [{version: '1.0.0', state: 'applied'}])
      assert.notEqual(await checkout.digestOf('staging'), null)
    })).timeout(180_000)

  it('stops at the first command that fails', () =>
    withCheckout('shell/stops', async (checkout) => {
      await checkout.write({'db/migrations/0002_wrong.sql': 'SELEC 1;'})
      const {exitCode} = await checkout.run(script, ['1.0.0'], {CI: 'true'})
      assert.equal(exitCode, 2)
      assert.equal(await checkout.digestOf('1.0.0'), null)
    }))

  it('says what it wants', () =>
    withCheckout('shell/usage', async (checkout) => {
      const {exitCode, stderr} = await checkout.run(script, [])
      assert.notEqual(exitCode, 0)
      assert.match(stderr, /usage: release\.sh <version>/)
    }))
})
