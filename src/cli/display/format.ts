const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Bytes as docker prints them: thousands, three digits. */
export function formatBytes(bytes: number): string {
  let unit = 0
  let value = threeDigits(bytes)
  while (value >= 1000 && unit < byteUnits.length - 1) {
    unit += 1
    value = threeDigits(bytes / 1000 ** unit)
  }
  return `${value}${byteUnits[unit]}`
}

function threeDigits(value: number): number {
  return Number(value.toPrecision(3))
}

/** Milliseconds as `12ms`, `1.2s`, `2m05s` or `1h02m`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)}ms`
  if (milliseconds < 9_950) return `${(milliseconds / 1000).toFixed(1)}s`
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${twoDigits(seconds % 60)}s`
  const minutes = Math.floor(seconds / 60)
  return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}m`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** Seconds in each unit; a month is 30 days, as docker counts. */
const ages = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** How long ago something was: `3 hours ago`. A clock that is behind makes it `just now`. */
export function formatAge(date: string | Date, now: Date = new Date()): string {
  const seconds = Math.floor((now.getTime() - new Date(date).getTime()) / 1000)
  const [unit, length] = ages.find(([, size]) => seconds >= size) ?? []
  if (unit === undefined) return 'just now'
  const number = Math.floor(seconds / length)
  return `${count(number, unit)} ago`
}

/** `2026-11-22 10:11 UTC`: the same wherever it is read. */
export function formatDate(date: string | Date): string {
  return `${new Date(date).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** `1 file`, `15 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
