import type {GenericSchema} from 'valibot'
import {joinPath} from '../tree.ts'
import {nearest} from './nearest.ts'
import {describeFound, type Problem} from './problems.ts'

/** The parts of a valibot schema that say how objects nest; which of them it has depends on its type. */
interface SchemaParts {
  readonly type: string
  readonly entries?: Readonly<Record<string, GenericSchema>>
  readonly wrapped?: GenericSchema
  readonly value?: GenericSchema
  readonly item?: GenericSchema
  readonly options?: readonly (GenericSchema | string)[]
}

/** More than this would not be read. */
const listedKeys = 20

/**
 * What valibot lets pass or says too little of: a list where an object is expected, each unknown key (it
 * stops at the first), a key that objects inherit (`constructor`), and which key was meant.
 */
export function shapeProblems(schema: GenericSchema, value: unknown, path: string): Problem[] {
  const parts = objectSchema(schema, value)
  if (parts === undefined || typeof value !== 'object' || value === null) return []
  if (parts.type === 'array') return itemProblems(parts, value, path)
  if (Array.isArray(value)) {
    const found = describeFound(value, {secret: true, redact: String})
    return [{path, found, expected: 'an object'}]
  }
  return Object.entries(value).flatMap(([key, item]) => {
    const within = joinPath(path, key)
    const schemaOfKey = parts.entries ? own(parts.entries, key) : parts.value
    if (schemaOfKey) return shapeProblems(schemaOfKey, item, within)
    return parts.type === 'strict_object' ? [unknownKey(parts, key, within)] : []
  })
}

function itemProblems(parts: SchemaParts, value: object, path: string): Problem[] {
  const {item} = parts
  if (!Array.isArray(value) || item === undefined) return []
  return value.flatMap((one, index) => shapeProblems(item, one, joinPath(path, String(index))))
}

function unknownKey(parts: SchemaParts, key: string, path: string): Problem {
  const known = Object.keys(parts.entries ?? {})
  const meant = nearest(key, known)
  return {
    path,
    found: 'an unknown key',
    expected: known.length > 0 ? `one of ${known.slice(0, listedKeys).join(', ')}` : 'no keys',
    ...(meant !== undefined && {nearest: meant}),
  }
}

/** Looks through `optional`, `nullable` and unions for the one schema that describes a value of this kind. */
function objectSchema(schema: GenericSchema, value: unknown): SchemaParts | undefined {
  const parts = schema as unknown as SchemaParts
  if (parts.wrapped) return objectSchema(parts.wrapped, value)
  if (parts.type === 'union' && parts.options) {
    const found = parts.options.flatMap((option) =>
      typeof option === 'string' ? [] : (objectSchema(option, value) ?? []),
    )
    const fitting = found.filter(({type}) => (type === 'array') === Array.isArray(value))
    const [meant, another] = fitting.length > 0 ? fitting : found
    return another === undefined ? meant : undefined
  }
  return parts.entries || parts.type === 'record' || parts.type === 'array' ? parts : undefined
}

/** The schema of what stands at these keys, where the schemas on the way say so. */
export function schemaAt(
  schema: GenericSchema,
  keys: readonly string[],
): GenericSchema | undefined {
  const [key, ...rest] = keys
  if (key === undefined) return schema
  const parts = objectSchema(schema, {})
  const inner = parts?.entries ? own(parts.entries, key) : parts?.value
  return inner && schemaAt(inner, rest)
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
