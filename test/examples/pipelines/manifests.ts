import {readFile} from 'node:fs/promises'
import {fileURLToPath} from 'node:url'
import {parse} from 'yaml'
import {run} from '../../support/run.ts'
import {tool} from '../../support/services.ts'
import {pipelines} from './checkout.ts'

/** What these tests read of a manifest. */
export interface Manifest {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: {readonly template: {readonly spec: PodSpec}}
}

export interface PodSpec {
  readonly containers: readonly Container[]
  readonly initContainers?: readonly Container[]
  readonly volumes: readonly Volume[]
}

export interface Container {
  readonly name: string
  readonly image: string
  readonly args?: readonly string[]
  readonly env: readonly {
    readonly name: string
    readonly value?: string
    readonly valueFrom?: {readonly secretKeyRef: {readonly name: string; readonly key: string}}
  }[]
  readonly volumeMounts: readonly {
    readonly name: string
    readonly mountPath: string
    readonly subPath?: string
  }[]
  readonly securityContext: {
    readonly readOnlyRootFilesystem: boolean
    readonly allowPrivilegeEscalation: boolean
    readonly capabilities: {readonly drop: readonly string[]}
  }
}

export interface Volume {
  readonly name: string
  readonly configMap?: {readonly name: string}
  readonly secret?: {
    readonly secretName: string
    readonly items: readonly {readonly key: string; readonly path: string}[]
  }
  readonly emptyDir?: object
}

const folder = new URL('kubernetes/', pipelines)

export const plainManifests = ['config', 'job', 'argocd-presync', 'init-container'] as const

export function manifestPath(name: (typeof plainManifests)[number]): string {
  return fileURLToPath(new URL(`${name}.yaml`, folder))
}

export async function readManifest(name: (typeof plainManifests)[number]): Promise<Manifest> {
  return parse(await readFile(manifestPath(name), 'utf8')) as Manifest
}

/** What Helm makes of the chart. */
export async function renderChart(...options: readonly string[]): Promise<string> {
  const chart = fileURLToPath(new URL('helm', folder))
  const {exitCode, stdout, stderr} = await run(tool('helm'), [
    'template',
    'shop',
    chart,
    ...options,
  ])
  if (exitCode !== 0) throw new Error(stderr)
  return stdout
}
