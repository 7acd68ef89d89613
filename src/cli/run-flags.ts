import {Flags} from '@oclif/core'
import type {DatabaseSettings} from '../config/settings.ts'
import {isPostgresTime} from '../config/postgres-time.ts'
import {SquizzleError} from '../errors.ts'

/** How scripts are run; each overrides what the configuration says. */
export const runFlags = {
  'wait-lock': Flags.integer({
    summary: 'Seconds to wait for another run.',
    helpGroup: 'DATABASE',
    helpValue: '<seconds>',
    min: 0,
  }),
  'lock-timeout': Flags.string({
    summary: 'How long a statement waits for live traffic, such as 5s.',
    helpGroup: 'DATABASE',
    helpValue: '<time>',
  }),
  'statement-timeout': Flags.string({
    summary: 'How long a statement may run, such as 10min.',
    helpGroup: 'DATABASE',
    helpValue: '<time>',
  }),
  transaction: Flags.string({
    summary: 'One transaction for a release where that can be, or one for each migration.',
    helpGroup: 'DATABASE',
    options: ['release', 'migration'],
  }),
}

interface RunFlags {
  readonly 'wait-lock'?: number | undefined
  readonly 'lock-timeout'?: string | undefined
  readonly 'statement-timeout'?: string | undefined
  readonly transaction?: string | undefined
}

/** The settings that the flags name. @throws USAGE for what is no time */
export function runSettings(flags: RunFlags): Partial<DatabaseSettings> {
  const lockTimeout = timeOf(flags, 'lock-timeout')
  const statementTimeout = timeOf(flags, 'statement-timeout')
  const {transaction, 'wait-lock': waitLock} = flags
  return {
    ...(waitLock !== undefined && {waitLock}),
    ...(lockTimeout !== undefined && {lockTimeout}),
    ...(statementTimeout !== undefined && {statementTimeout}),
    ...((transaction === 'release' || transaction === 'migration') && {transaction}),
  }
}

function timeOf(flags: RunFlags, flag: 'lock-timeout' | 'statement-timeout'): string | undefined {
  const text = flags[flag]
  if (text === undefined || isPostgresTime(text)) return text
  throw new SquizzleError('USAGE', `--${flag} ${JSON.stringify(text)} is not a time`, {
    hint: 'Write it with its unit: 500ms, 5s, 2min; 0 means no limit.',
  })
}
