import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {withTempDir} from '../../src/files/temp.ts'
import {gitFacts, publicRemote} from '../../src/operations/git.ts'

describe('a git remote in an annotation', () => {
  for (const [remote, expected] of [
    ['https://github.com/acme/shop.git', 'https://github.com/acme/shop.git'],
    ['https://ci:ghp_secret@github.com/acme/shop.git', 'https://github.com/acme/shop.git'],
    ['https://github.com/acme/shop.git?token=ghp_secret#x', 'https://github.com/acme/shop.git'],
    ['git@github.com:acme/shop.git', 'https://github.com/acme/shop.git'],
    ['ssh://git@github.com:22/acme/shop.git', 'https://github.com/acme/shop.git'],
    ['http://user@127.0.0.1:3000/acme/shop', 'http://127.0.0.1:3000/acme/shop'],
    ['../shop.git', undefined],
    ['/srv/git/shop.git', undefined],
    ['file:///srv/git/shop.git', undefined],
    ['https://', undefined],
    ['', undefined],
  ] as const) {
    it(`${JSON.stringify(remote)} becomes ${expected ?? 'nothing'}`, () => {
      assert.equal(publicRemote(remote), expected)
    })
  }
})

describe('what git says of a folder', () => {
  const git = (folder: string, ...args: string[]) =>
    execFileSync(
      'git',
      ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args],
      {
        env: {
          ...process.env,
          GIT_COMMITTER_DATE: '2024-01-15T10:30:00Z',
          GIT_AUTHOR_DATE: '2020-01-01T00:00:00Z',
        },
      },
    )
      .toString()
      .trim()

  it('is commit, time and remote of a clean checkout; no time once something is not committed', async () => {
    await withTempDir(async (folder) => {
      git(folder, 'init', '-q')
      assert.deepEqual(await gitFacts(folder), {})
      await writeFile(join(folder, 'a.sql'), 'select 1')
      git(folder, 'add', '.')
      git(folder, 'commit', '-qm', 'first')
      git(folder, 'remote', 'add', 'origin', 'https://x:ghp_secret@example.com/acme/shop')
      const revision = git(folder, 'rev-parse', 'HEAD')
      const source = 'https://example.com/acme/shop'
      assert.deepEqual(await gitFacts(folder), {
        revision,
        source,
        committed: '2024-01-15T10:30:00Z',
      })
      await writeFile(join(folder, 'b.sql'), 'select 2')
      assert.deepEqual(await gitFacts(folder), {revision, source})
    })
  })

  it('is nothing outside a repository', async () => {
    await withTempDir(async (folder) => {
      assert.deepEqual(await gitFacts(folder), {})
    })
  })
})
