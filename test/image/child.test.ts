import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import {cp, mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {withTempDir} from '../../src/files/temp.ts'
import {run} from '../support/run.ts'
import {describeWith} from '../support/services.ts'
import {containersEnv, podmanOk, runImage, runImageOk, words} from './support/containers.ts'
import {builtImage, buildPatience, imageNeeds} from './support/image.ts'

/** A plugin whose storage remembers nothing, and says which it is. */
const hook = `
import {defineStorage, objectStorage} from 'squizzle'
import {strictObject} from 'valibot'

const none = {
  get: async () => undefined,
  put: async () => false,
  list: async function* () {},
  delete: async () => undefined,
}
export default async () => [
  defineStorage({
    apiVersion: 1,
    type: 'void',
    configSchema: strictObject({}),
    urlForm: 'void:',
    fromUrl: (url) => (url.startsWith('void:') ? {} : undefined),
    open: async () => objectStorage(none, {url: 'void:nothing'}),
  }),
]
`

describeWith(imageNeeds, 'an image made from the image', () => {
  let image: string

  before(async function () {
    this.timeout(buildPatience)
    image = await builtImage()
  })

  it('has the plugins that it installs, whoever runs it', () =>
    withTempDir(async (folder) => {
      const plugin = join(folder, 'plugin')
      await mkdir(plugin)
      const oclif = {hooks: {'squizzle:storage': './hook.js'}}
      const about = {
        name: 'squizzle-storage-void',
        version: '1.0.0',
        type: 'module',
        dependencies: {valibot: '*'},
        bundleDependencies: ['valibot'],
        oclif,
      }
      const valibot = fileURLToPath(new URL('../../node_modules/valibot', import.meta.url))
      await cp(valibot, join(plugin, 'node_modules/valibot'), {recursive: true})
      await writeFile(join(plugin, 'package.json'), JSON.stringify(about))
      await writeFile(join(plugin, 'hook.js'), hook)
      const {exitCode} = await run('npm', ['pack', '--pack-destination', folder], {cwd: plugin})
      assert.equal(exitCode, 0)
      await writeFile(
        join(folder, 'Dockerfile'),
        `FROM ${image}
USER 0
COPY squizzle-storage-void-1.0.0.tgz /tmp/
RUN squizzle plugins install /tmp/squizzle-storage-void-1.0.0.tgz && rm -r /tmp/* /root/.npm
USER 1000:1000
`,
      )
      const child = `localhost/squizzle-child:${randomBytes(4).toString('hex')}`
      const built = await run(
        'buildah',
        [
          ...words('bud --isolation chroot --network host --pull-never --no-cache --tag'),
          child,
          folder,
        ],
        {env: containersEnv()},
      )
      assert.equal(built.exitCode, 0, built.stderr)
      try {
        for (const user of ['1000', '12345']) {
          const options = [
            '--user',
            user,
            ...words('--read-only --read-only-tmpfs=false --cap-drop ALL'),
          ]
          const writable = words('--mount type=tmpfs,destination=/tmp,tmpfs-mode=1777')
          const outcome = await runImage(child, 'list --storage void: --json', {
            options: [...options, ...writable],
          })
          assert.equal(outcome.exitCode, 0, outcome.stderr)
          assert.match(outcome.stdout, /void:nothing/)
        }
        assert.match(await runImageOk(child, 'plugins'), /^squizzle-storage-void 1\.0\.0/m)
      } finally {
        await podmanOk('rmi', child)
      }
    })).timeout(120_000)
})
