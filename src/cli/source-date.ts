import {SquizzleError} from '../errors.ts'

/** `SOURCE_DATE_EPOCH`, in seconds (reproducible-builds.org). @throws USAGE where it is no such number */
export function sourceDateEpoch(
  env: Readonly<Record<string, string | undefined>>,
): number | undefined {
  const text = env['SOURCE_DATE_EPOCH']
  if (text === undefined || text === '') return undefined
  const seconds = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(seconds * 1000)) return seconds
  throw new SquizzleError('USAGE', 'SOURCE_DATE_EPOCH is not a number of seconds', {
    hint: 'Set it to whole seconds since 1970, or unset it.',
  })
}
