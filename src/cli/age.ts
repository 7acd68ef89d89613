import {SquizzleError} from '../errors.ts'

/** Milliseconds. */
const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}

/** An age such as `30d`, in milliseconds. @throws USAGE */
export function parseAge(flag: string, text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text.trim()) ?? []
  const factor = units[unit]
  if (factor !== undefined) return Number(number) * factor
  throw new SquizzleError('USAGE', `${flag} ${JSON.stringify(text)} is not an age`, {
    hint: 'Write a whole number with its unit: 90m, 12h, 30d, 8w.',
  })
}
