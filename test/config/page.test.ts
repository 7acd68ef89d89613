import assert from 'node:assert/strict'
import {failure, withProject} from './project.ts'

/** The snippets of the user's page on storage, as they stand there. */
const primary = `// squizzle.config.js
module.exports = {
  storage: {
    type: 'oci',
    config: {
      registry: 'ghcr.io',
      repository: 'myorg/squizzle-migrations',
      auth: {
        username: process.env.GITHUB_USER,
        password: process.env.GITHUB_TOKEN
      }
    }
  }
}
`

const environments = `const registry = 'ghcr.io'
const environment = process.env.NODE_ENV

module.exports = {
  storage: {
    type: 'oci',
    config: {
      registry,
      repository: \`myorg/migrations-\${environment}\`
    }
  }
}
`

const s3 = `storage: {
  type: 's3',
  config: {
    bucket: 'mycompany-squizzle',
    region: 'us-east-1',
    prefix: 'migrations/'
  }
}`

const local = `storage: {
  type: 'local',
  config: {
    path: './db/artifacts'
  }
}`

/** Runs the work with variables of the process, which a configuration file reads itself. */
async function withVariables<T>(
  variables: Readonly<Record<string, string | undefined>>,
  work: () => Promise<T>,
): Promise<T> {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]))
  const set = (values: typeof variables) => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
  set(variables)
  try {
    return await work()
  } finally {
    set(before)
  }
}

const storageOf = (text: string) =>
  withProject({'squizzle.config.js': text}, async ({load}) => (await load()).settings.storage)

describe("the page's configuration", () => {
  it('loads with the credentials of GitHub', async () => {
    const variables = {GITHUB_USER: 'me', GITHUB_TOKEN: 'ghp_0123456789'}
    const {type, config} = await withVariables(variables, () => storageOf(primary))
    assert.equal(type, 'oci')
    assert.deepEqual(config, {
      registry: 'ghcr.io',
      repository: 'myorg/squizzle-migrations',
      auth: {username: 'me', password: 'ghp_0123456789'},
      latest: true,
    })
  })

  it('loads without them, for what `docker login` left is used then', async () => {
    const variables = {GITHUB_USER: undefined, GITHUB_TOKEN: undefined}
    const {config} = await withVariables(variables, () => storageOf(primary))
    const place = {registry: 'ghcr.io', repository: 'myorg/squizzle-migrations'}
    assert.deepEqual(config, {...place, latest: true})
  })

  it('with a repository for each NODE_ENV', async () => {
    const {config} = await withVariables({NODE_ENV: 'staging'}, () => storageOf(environments))
    assert.deepEqual(config, {
      registry: 'ghcr.io',
      repository: 'myorg/migrations-staging',
      latest: true,
    })
  })

  it('with a repository for each NODE_ENV is refused where NODE_ENV is not set', async () => {
    const work = withVariables({NODE_ENV: undefined}, () => storageOf(environments))
    const error = await failure(work)
    assert.match(error.message, /repository: .*variable.*not set.*migrations-undefined/)
  })

  it('with S3', async () => {
    const storage = await storageOf(`module.exports = {${s3}}`)
    const config = {bucket: 'mycompany-squizzle', region: 'us-east-1', prefix: 'migrations/'}
    assert.deepEqual(storage, {type: 's3', config})
  })

  it('with the local file system', async () => {
    const storage = await storageOf(`module.exports = {${local}}`)
    assert.deepEqual(storage, {type: 'local', config: {path: './db/artifacts'}})
  })
})
