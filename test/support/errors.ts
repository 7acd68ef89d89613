import assert from 'node:assert/strict'
import {isSquizzleError, type ErrorCode, type SquizzleError} from '../../src/errors.ts'

/** Runs what must fail, and returns the error after checking its code. */
export async function rejectsWith(code: ErrorCode, work: () => unknown): Promise<SquizzleError> {
  try {
    await work()
  } catch (error) {
    if (!isSquizzleError(error)) throw error
    assert.equal(error.code, code, error.message)
    return error
  }
  return assert.fail(`expected ${code}, and nothing failed`)
}
