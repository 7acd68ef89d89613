import {isTag} from '../../artifact/version.ts'
import type {StorageContext} from '../backend.ts'
import type {Check, Storage, TransferOptions} from '../storage.ts'
import {tryPart} from '../transfer/check.ts'
import {expectTags} from '../transfer/tags.ts'
import {checkRepository} from './check.ts'
import {createClient} from './client.ts'
import type {OciConfig} from './config.ts'
import {locationOf, referenceTo, urlOf} from './location.ts'
import {openOras} from './oras.ts'
import {pullArtifact} from './pull.ts'
import {pushArtifact} from './push.ts'
import {removeTag} from './remove.ts'
import {resolve} from './resolve.ts'
import {listTags} from './tag-list.ts'
import {createTagMemory} from './tag-memory.ts'
import {setTag} from './tagging.ts'

/** Milliseconds that a question and a transfer may take where the caller does not say. */
const patience = {question: 60_000, transfer: 120_000} as const

/** Opens a repository of a registry as a storage. Nothing is asked of it before the first call. */
export function openOciStorage(config: OciConfig, context: StorageContext): Storage {
  const location = locationOf(config.registry, config.repository)
  const url = urlOf(location)
  const oras = openOras(context)
  const withSession = createClient(location, config, oras, context)
  const memory = createTagMemory()
  if (config.insecure === true) {
    context.warn(`the certificate of ${location.registry} is not checked (insecure: true)`)
  }

  return {
    url,
    reference: (tag) => referenceTo(location, tag),
    ...(config.latest !== undefined && {movesLatest: config.latest}),

    resolve: (reference, options = {}) =>
      withSession(`reading ${url}`, within('question', options), async (session) => {
        const found = await resolve(session, reference)
        memory.note(reference, found?.digest)
        return found
      }),

    pull: (manifest, cache, options = {}) =>
      pullArtifact(withSession, manifest, cache, within('transfer', options)),

    push(manifest, cache, requests, options = {}) {
      const names = requests.map(({name}) => name)
      const absent = new Set(names.filter((name) => memory.recall(name) === 'nothing'))
      memory.forget(...names)
      return withSession('pushing artifact', within('transfer', options), (session) =>
        pushArtifact(session, manifest, cache, requests, absent, options),
      )
    },

    async *tags(options = {}) {
      yield* await withSession(`listing ${url}`, within('question', options), (session) =>
        listTags(session),
      )
    },

    async tag(manifest, request, options = {}) {
      expectTags([request])
      memory.forget(request.name)
      await withSession(`tagging in ${url}`, within('question', options), (session) =>
        setTag(session, manifest, request),
      )
    },

    async remove(tag, options = {}) {
      // a digest would name the manifest itself
      if (!isTag(tag)) return
      await withSession(`removing from ${url}`, within('question', options), (session) =>
        removeTag(session, tag, memory),
      )
      memory.forget(tag)
    },

    async check(options = {}): Promise<Check[]> {
      const tool = await tryPart('oras', async () => {
        const {binary, version} = await oras.locate()
        return `${version} (${binary})`
      })
      if (tool.status === 'failed') return [tool]
      try {
        const limits = within('question', options)
        return [tool, ...(await withSession(`reading ${url}`, limits, checkRepository))]
      } catch (error) {
        return [tool, await tryPart('registry', () => Promise.reject(error))]
      }
    },
  }
}

function within<O extends TransferOptions>(kind: keyof typeof patience, options: O): O {
  return {...options, timeout: options.timeout ?? patience[kind]}
}
