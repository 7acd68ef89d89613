import {basename} from 'node:path'
import type {Settings} from '../config/settings.ts'
import {SquizzleError} from '../errors.ts'

/**
 * The project that an artifact belongs to: the configured one, which must be that of what it is built on.
 * @throws OTHER_PROJECT
 */
export function projectOf(
  {project, root}: Settings,
  known: string | undefined,
  storageUrl: string,
): string {
  if (project !== undefined && known !== undefined && project !== known) {
    throw new SquizzleError(
      'OTHER_PROJECT',
      `the configured project is ${project}, but ${storageUrl} holds ${known}`,
      {
        hint: 'Check `project` and `storage` in the configuration: one of them is that of another project.',
        details: {project, known, storage: storageUrl},
      },
    )
  }
  return project ?? known ?? firstProject(root, storageUrl)
}

/** Before there is any artifact: the repository's last part, else the folder's name. */
function firstProject(root: string, storageUrl: string): string {
  const repository = /^oci:\/\/.*\/(?<name>[^/]+)$/.exec(storageUrl)?.groups?.['name']
  const name = (repository ?? basename(root)).replaceAll(/[^A-Za-z0-9._-]+/g, '-')
  // As the configuration's schema takes it: begins with a letter or digit, at most 100 characters.
  return name.replace(/^[^A-Za-z0-9]+/, '').slice(0, 100) || 'project'
}
