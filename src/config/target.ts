import type {LoadedConfig} from './settings.ts'

/** One line of what a command is about to work on. */
export interface TargetLine {
  readonly label: 'environment' | 'storage' | 'database'
  /** Free of secrets. */
  readonly value: string
  /** Where the value came from; several sources are separated by a comma. */
  readonly origin: string
}

/**
 * What a command that changes something first prints.
 * @param storageUrl `Storage.url` of the opened storage; without it only the storage's type is known
 */
export function describeTarget(
  {settings, values}: LoadedConfig,
  storageUrl?: string,
): TargetLine[] {
  const storage = values.filter(({path}) => path.startsWith('storage.'))
  const origins = new Set(storage.map(({origin}) => origin))
  // A default beside something that was chosen says nothing.
  if (origins.size > 1) origins.delete('default')
  const lines: TargetLine[] = [
    {
      label: 'storage',
      value: storageUrl ?? settings.storage.type,
      origin: [...origins].join(', '),
    },
  ]
  const environment = values.find(({path}) => path === 'environment')
  if (environment) lines.unshift({...line(environment), label: 'environment'})
  const database = values.find(({path}) => path === 'database.url')
  if (database) lines.push({...line(database), label: 'database'})
  return lines
}

function line({value, origin}: {value: unknown; origin: string}) {
  return {value: String(value), origin}
}
