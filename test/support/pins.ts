import {readFileSync} from 'node:fs'
import {join} from 'node:path'

/** The pinned versions of scripts/pins.env, by name. */
export const pins: Readonly<Record<string, string>> = Object.fromEntries(
  readFileSync(join(import.meta.dirname, '../../scripts/pins.env'), 'utf8')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => line.split('=') as [string, string]),
)
