import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {parse} from 'yaml'
import {withTempDir} from '../../../src/files/temp.ts'
import {run, type Outcome} from '../../support/run.ts'
import {describeWith, tool} from '../../support/services.ts'
import {
  manifestPath,
  plainManifests,
  readManifest,
  renderChart,
  type Manifest,
} from './manifests.ts'

/** By the schemas of the Kubernetes project; a key that they don't know is an error. */
function validate(...files: readonly string[]): Promise<Outcome> {
  return run(tool('kubernetes-validate'), ['--strict', ...files])
}

describeWith(['kubernetes-validate'], 'the manifests for Kubernetes', () => {
  it('are ones that Kubernetes takes', async () => {
    const {exitCode, stdout, stderr} = await validate(...plainManifests.map(manifestPath))
    assert.equal(exitCode, 0, stdout + stderr)
    assert.equal((stdout + stderr).match(/passed for resource/g)?.length, plainManifests.length)
  })

  it('would be refused with a key that is spelled wrongly', () =>
    withTempDir(async (folder) => {
      const manifest = await readManifest('job')
      const file = join(folder, 'wrong.json')
      await writeFile(file, JSON.stringify({...manifest, spec: {...manifest.spec, backofLimit: 3}}))
      assert.equal((await validate(file)).exitCode, 1)
    }))

  it('say to Argo CD when they run', async () => {
    const {metadata} = await readManifest('argocd-presync')
    assert.equal(metadata.annotations?.['argocd.argoproj.io/hook'], 'PreSync')
  })
})

describeWith(['kubernetes-validate', 'helm'], 'the chart for Helm', () => {
  it('renders a hook that Kubernetes takes, for the version that its values name', () =>
    withTempDir(async (folder) => {
      const file = join(folder, 'rendered.yaml')
      const rendered = await renderChart('--set', 'migrations.version=1.2.0')
      await writeFile(file, rendered)
      const {exitCode, stdout, stderr} = await validate(file)
      assert.equal(exitCode, 0, stdout + stderr)
      const {metadata, spec} = parse(rendered) as Manifest
      assert.equal(metadata.name, 'shop-migrate')
      assert.equal(metadata.annotations?.['helm.sh/hook'], 'pre-install,pre-upgrade')
      assert.deepEqual(spec?.template.spec.containers[0]?.args, ['apply', '1.2.0'])
    }))
})
