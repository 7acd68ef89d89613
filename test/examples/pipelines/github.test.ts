import assert from 'node:assert/strict'
import {cp, mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {withTempDir} from '../../../src/files/temp.ts'
import {withClient} from '../../support/database.ts'
import {run, type Outcome} from '../../support/run.ts'
import {describeWith, tool} from '../../support/services.ts'
import {pipelineNeeds, pipelines, withCheckout, type Checkout} from './checkout.ts'

const action = fileURLToPath(new URL('github/action', pipelines))

interface StepResult extends Outcome {
  readonly outputs: string
  readonly summary: string
}

/** Runs the action's second step as a runner does. */
async function runStep(
  {folder, run: runIn}: Checkout,
  commands: string,
  env: Readonly<Record<string, string>> = {},
): Promise<StepResult> {
  const files = {GITHUB_OUTPUT: `${folder}.output`, GITHUB_STEP_SUMMARY: `${folder}.summary`}
  for (const file of Object.values(files)) await writeFile(file, '')
  const outcome = await runIn(join(action, 'run.sh'), [], {
    ...files,
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: folder,
    SQUIZZLE_COMMANDS: commands,
    ...env,
  })
  const [outputs, summary] = await Promise.all(
    Object.values(files).map((file) => readFile(file, 'utf8')),
  )
  return {...outcome, outputs: outputs!, summary: summary!}
}

describeWith(pipelineNeeds, 'the GitHub Action', () => {
  it('releases and applies, and tells the job the digest, the reference and a table', () =>
    withCheckout('github/release', async (checkout) => {
      const commands = 'build 1.0.0\n\n  push 1.0.0 --tag staging\napply staging --env staging\n'
      const {exitCode, stdout, stderr, outputs, summary} = await runStep(checkout, commands)
      assert.equal(exitCode, 0, stdout + stderr)
      const digest = await checkout.digestOf('staging')
      assert.notEqual(digest, null)
      const last = Object.fromEntries(
        outputs
          .trim()
          .split('\n')
          .map((line) => line.split(/=(.*)/s)),
      ) as Record<string, string>
      assert.equal(last['digest'], digest)
      assert.match(last['reference'] ?? '', /\/github\/release:staging$/)
      await withClient(checkout.url, (client) => client.query('select id from users'))
      const rows = summary.trim().split('\n')
      assert.equal(rows.length, 5)
      assert.equal(rows[0], '| command | outcome | version | artifact |')
      assert.match(
        rows[4]!,
        /^\| squizzle apply staging --env staging \| applied 1\.0\.0 \| 1\.0\.0 \| .*<br>sha256:/,
      )
    })).timeout(120_000)

  it('marks the line of an error that the parser finds, and runs nothing after it', () =>
    withCheckout('github/parser', async (checkout) => {
      await checkout.write({'db/migrations/0002_wrong.sql': 'SELECT 1;\nSELEC 2;\n'})
      const {exitCode, stdout, summary} = await runStep(checkout, 'build 1.0.0\npush 1.0.0')
      assert.equal(exitCode, 2)
      const mark =
        '::error title=SOURCE_INVALID,file=db/migrations/0002_wrong.sql,line=2,col=1::0002_wrong.sql'
      assert.ok(
        stdout.split('\n').some((line) => line.startsWith(mark)),
        stdout,
      )
      assert.match(summary, /\| squizzle build 1\.0\.0 \| failed: SOURCE_INVALID \|/)
      assert.match(summary, /SELEC 2;\n/)
      assert.equal(stdout.includes('push'), false)
      assert.equal(await checkout.digestOf('1.0.0'), null)
    })).timeout(120_000)

  it('marks the line of an error that the database finds', () =>
    withCheckout('github/database', async (checkout) => {
      await checkout.write({
        'db/migrations/0002_wrong.sql': 'SELECT 1;\nINSERT INTO nowhere\n  VALUES (1);\n',
      })
      const {exitCode, stdout} = await runStep(checkout, 'build 1.0.0\npush 1.0.0\napply 1.0.0')
      assert.equal(exitCode, 1, stdout)
      assert.match(
        stdout,
        /^::error title=MIGRATION_FAILED,file=db\/migrations\/0002_wrong\.sql,line=2,col=13::/m,
      )
    })).timeout(120_000)

  it('hides passwords, also those inside a URL', () =>
    withCheckout('github/mask', async (checkout) => {
      const {stdout} = await runStep(checkout, 'config show', {
        DATABASE_URL: 'postgres://app:p%40ss@127.0.0.1/shop',
        OCI_PASSWORD: 'first line\nsecond line',
        OCI_USERNAME: 'robot',
      })
      const [masks] = stdout.split('::group::')
      for (const secret of ['p%2540ss', 'p@ss', 'first line', 'second line']) {
        assert.ok(masks!.split('\n').includes(`::add-mask::${secret}`), `${secret} is not masked`)
      }
      assert.equal(masks!.includes('robot'), false)
    })).timeout(120_000)
})

describeWith(['actionlint'], 'the workflow for GHCR', () => {
  it('is one that GitHub takes, and gives the action what it asks for', () =>
    withTempDir(async (folder) => {
      const github = join(folder, '.github')
      await mkdir(join(folder, '.git'))
      await cp(action, join(github, 'actions/squizzle'), {recursive: true})
      await mkdir(join(github, 'workflows'))
      await cp(
        new URL('github/migrations.yml', pipelines),
        join(github, 'workflows/migrations.yml'),
      )
      const {exitCode, stdout, stderr} = await run(
        tool('actionlint'),
        ['-shellcheck=', '-pyflakes='],
        {
          cwd: folder,
        },
      )
      assert.deepEqual({exitCode, stdout, stderr}, {exitCode: 0, stdout: '', stderr: ''})
    }))
})
