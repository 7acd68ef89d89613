import {isSquizzleError} from '../../errors.ts'
import type {Check} from '../storage.ts'

/** Tries one part and makes a line of it; what it throws is the line's message. */
export async function tryPart(name: string, work: () => Promise<string>): Promise<Check> {
  try {
    return {name, status: 'ok', message: await work()}
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const hint = isSquizzleError(error) ? error.hint : undefined
    return {name, status: 'failed', message, ...(hint === undefined ? {} : {hint})}
  }
}
