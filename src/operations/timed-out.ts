import {isSquizzleError, SquizzleError} from '../errors.ts'

/**
 * Runs the work; where one of its questions takes too long, the error names what the user asked for.
 * @param doing as it follows "timeout": `pulling artifact`.
 * @throws TIMEOUT, and what the work throws
 */
export async function namingTimeout<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isSquizzleError(error) || error.code !== 'TIMEOUT') throw error
    throw new SquizzleError('TIMEOUT', `timeout ${doing}`, {
      ...(error.hint !== undefined && {hint: error.hint}),
      details: error.details,
      cause: error,
    })
  }
}
