import {findRelease} from '../artifact/history.ts'
import {compareVersions, sameVersion} from '../artifact/version.ts'
import {SquizzleError} from '../errors.ts'
import type {Catalogue} from './catalogue.ts'
import type {Artifact} from './open-artifact.ts'

/**
 * Holds an artifact against what a storage has: the same project, and for each version that both have the same content.
 * @throws OTHER_PROJECT, DIVERGED
 */
export async function refuseForeign(target: Catalogue, artifact: Artifact): Promise<void> {
  const {config} = artifact
  const heads = await target.headsAbove(undefined)
  const foreign = heads.find((head) => head.config.project !== config.project)
  if (foreign) {
    throw new SquizzleError(
      'OTHER_PROJECT',
      `${target.name} holds project ${foreign.config.project}, and this is ${config.project}`,
      {hint: 'Push to a repository of its own: one repository holds one project.'},
    )
  }
  for (const {version, diffId} of config.releases) {
    if (sameVersion(version, config.version)) continue
    const inHead = heads
      .map((head) => findRelease(head.config.releases, version))
      .find((entry) => entry !== undefined)
    const found = inHead ?? (await releaseIn(target, version))
    if (!found || found.diffId === diffId) continue
    throw new SquizzleError(
      'DIVERGED',
      `${target.name} has other content under ${version}, which ${config.version} is built on`,
      {
        hint: `Build ${config.version} again, on the ${version} of that storage.`,
        details: {version, stored: found.diffId, here: diffId},
      },
    )
  }
}

async function releaseIn(target: Catalogue, version: Artifact['config']['version']) {
  const found = await target.find(version)
  return found && findRelease(found.artifact.config.releases, version)
}

/**
 * Even a forced push never replaces what a later version is built on: that would break every database.
 * @throws VERSION_EXISTS
 */
export async function refuseBreaking(target: Catalogue, {config}: Artifact): Promise<void> {
  const {version} = config
  for (const head of await target.headsAbove(version)) {
    const later = compareVersions(head.config.version, version) > 0
    if (!later || !findRelease(head.config.releases, version)) continue
    throw new SquizzleError(
      'VERSION_EXISTS',
      `${head.config.version} in ${target.name} is built on the ${version} that is there`,
      {hint: `Replacing it would break every database: give the new content a new version.`},
    )
  }
}
