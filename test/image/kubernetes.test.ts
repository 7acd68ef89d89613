import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {parse} from 'yaml'
import {withTempDir} from '../../src/files/temp.ts'
import {readManifest, renderChart} from '../examples/pipelines/manifests.ts'
import type {Container, Manifest, PodSpec, Volume} from '../examples/pipelines/manifests.ts'
import {withClient, withTestDatabase} from '../support/database.ts'
import type {Outcome} from '../support/run.ts'
import {describeWith, service} from '../support/services.ts'
import {podman, runImageOk, words} from './support/containers.ts'
import {builtImage, buildPatience, imageNeeds} from './support/image.ts'
import {dockerConfig, privateRegistryConfig, writeWorkspace} from './support/pipeline.ts'

/** What a cluster has besides the manifests: by name and key. */
interface Cluster {
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly configMaps: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** More options of `podman run`. */
  readonly options: readonly string[]
}

describeWith(
  [...imageNeeds, 'registry-auth', 'postgres15', 'helm'],
  'the containers for Kubernetes',
  () => {
    let image: string

    before(async function () {
      this.timeout(buildPatience)
      image = await builtImage()
    })

    /** Does with a container what a kubelet would, as a user that the image does not know. */
    async function runContainer(
      pod: PodSpec,
      container: Container,
      cluster: Cluster,
    ): Promise<Outcome> {
      return withTempDir(async (folder) => {
        const {securityContext} = container
        const options = ['--rm', '--pull=never', '--user', '20001', ...cluster.options]
        if (securityContext.readOnlyRootFilesystem) {
          options.push('--read-only', '--read-only-tmpfs=false')
        }
        if (!securityContext.allowPrivilegeEscalation)
          options.push(...words('--security-opt no-new-privileges'))
        for (const capability of securityContext.capabilities.drop)
          options.push('--cap-drop', capability)
        for (const {name, value, valueFrom} of container.env) {
          const secret = valueFrom?.secretKeyRef
          const text = value ?? cluster.secrets[secret!.name]![secret!.key]!
          options.push('--env', `${name}=${text}`)
        }
        for (const {name, mountPath, subPath} of container.volumeMounts) {
          const volume = pod.volumes.find((candidate) => candidate.name === name)!
          if (volume.emptyDir) {
            options.push('--mount', `type=tmpfs,destination=${mountPath},tmpfs-mode=1777`)
          } else {
            const source = await layDown(volume, join(folder, name), cluster)
            options.push(
              '--volume',
              `${subPath === undefined ? source : join(source, subPath)}:${mountPath}:ro`,
            )
          }
        }
        return podman('run', ...options, image, ...(container.args ?? []))
      })
    }

    it('apply with a job, a hook of Argo CD, a hook of Helm, while an init container waits for them', () =>
      withTempDir((folder) =>
        withTestDatabase('postgres15', async (url) => {
          const {ca} = service('registry-auth')
          const source = join(folder, 'source')
          const config = privateRegistryConfig('shop/kubernetes')
          await writeWorkspace(source, {
            ...config,
            'db/migrations/0001_users.sql': 'CREATE TABLE users (id int);',
            'docker/config.json': dockerConfig(),
          })
          const developer = {
            env: {DOCKER_CONFIG: '/workspace/docker', DATABASE_URL: url},
            mounts: {'/authority/ca.crt': ca, '/workspace': source},
          }
          await runImageOk(image, 'build 1.2.0', developer)
          await runImageOk(image, 'push 1.2.0 --tag production', developer)

          const example = await readManifest('config')
          assert.deepEqual(Object.keys(example.data!), Object.keys(config))
          const cluster: Cluster = {
            secrets: {database: {url}, registry: {'.dockerconfigjson': dockerConfig()}},
            configMaps: {[example.metadata.name]: config},
            options: ['--volume', `${ca}:/authority/ca.crt:ro`],
          }
          const [waiting, job, hook] = await Promise.all([
            readManifest('init-container'),
            readManifest('job'),
            readManifest('argocd-presync'),
          ])
          const waits = runFirst(waiting, cluster)
          for (const manifest of [job, hook, parse(await renderChart()) as Manifest]) {
            const {exitCode, stderr} = await runFirst(manifest, cluster)
            assert.equal(exitCode, 0, stderr)
          }
          await withClient(url, async (client) => {
            const {rows} = await client.query('select version, state from squizzle.releases')
            assert.deepEqual(rows, [{version: '1.2.0', state: 'applied'}])
          })
          const {exitCode, stderr} = await waits
          assert.equal(exitCode, 0, stderr)
        }),
      )).timeout(240_000)

    function runFirst({spec}: Manifest, cluster: Cluster): Promise<Outcome> {
      const pod = spec!.template.spec
      return runContainer(pod, (pod.initContainers ?? pod.containers)[0]!, cluster)
    }
  },
)

/** Writes what a volume holds into a folder that every user may read. */
async function layDown(
  {configMap, secret}: Volume,
  folder: string,
  cluster: Cluster,
): Promise<string> {
  const files = secret
    ? secret.items.map(({key, path}) => [path, cluster.secrets[secret.secretName]![key]!] as const)
    : Object.entries(cluster.configMaps[configMap!.name]!)
  await mkdir(folder, {recursive: true})
  for (const [path, text] of files) await writeFile(join(folder, path), text)
  return folder
}
