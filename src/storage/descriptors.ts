import * as v from 'valibot'
import {isDigest, type Digest} from '../artifact/digest.ts'
import {SquizzleError} from '../errors.ts'

/** Bytes: every registry takes a manifest up to this, most none beyond. */
export const largestManifest = 4 * 1024 * 1024

export const digestSchema = v.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'not a sha256 digest',
)

export const descriptorSchema = v.object({
  mediaType: v.pipe(v.string(), v.nonEmpty()),
  digest: digestSchema,
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  annotations: v.exactOptional(v.record(v.string(), v.string())),
})

/** Parses JSON that another program may have written. @throws INTEGRITY naming the place, and what is wrong */
export function parseJson<Output>(
  schema: v.GenericSchema<unknown, Output>,
  bytes: string | Uint8Array,
  where: string,
  what: string,
): Output {
  return parseShape(schema, valueOf(bytes, where), where, what)
}

/** As `parseJson`, for what is parsed already. */
export function parseShape<Output>(
  schema: v.GenericSchema<unknown, Output>,
  value: unknown,
  where: string,
  what: string,
): Output {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const [issue] = result.issues
  const path = v.getDotPath(issue)
  throw damaged(where, `not ${what}: ${path === null ? '' : `${path}: `}${issue.message}`)
}

function valueOf(bytes: string | Uint8Array, where: string): unknown {
  try {
    return JSON.parse(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    throw damaged(where, 'not JSON', error)
  }
}

function damaged(where: string, reason: string, cause?: unknown): SquizzleError {
  return new SquizzleError('INTEGRITY', `${where} is damaged: ${reason}`, {
    hint: 'Restore it from a backup, or push again from where the artifacts are intact.',
    details: {where, reason},
    cause,
  })
}
