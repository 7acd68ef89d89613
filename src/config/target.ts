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
  const lineOf = (label: TargetLine['label'], path: string): TargetLine[] =>
    values
      .filter((value) => value.path === path)
      .map(({value, origin}) => ({label, value: String(value), origin}))
  const place = storageUrl ?? settings.storage.type
  return [
    ...lineOf('environment', 'environment'),
    {label: 'storage', value: place, origin: [...origins].join(', ')},
    ...lineOf('database', 'database.url'),
  ]
}
