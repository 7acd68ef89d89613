/** The largest lock_timeout and statement_timeout: 2^31 - 1 milliseconds. */
const longestTime = 2_147_483_647

const milliseconds = {us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000}

/** Whether PostgreSQL takes the text as a time. A bare number is refused: seconds or milliseconds? */
export function isPostgresTime(written: string): boolean {
  if (written === '0') return true
  const [, amount, unit] = /^(\d{1,12}(?:\.\d{1,6})?) ?(us|ms|s|min|h|d)$/.exec(written) ?? []
  if (amount === undefined || unit === undefined) return false
  return Number(amount) * milliseconds[unit as keyof typeof milliseconds] <= longestTime
}
