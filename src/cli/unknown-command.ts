import {getHelpFlagAdditions, normalizeArgv} from '@oclif/core/help'
import type {Config} from '@oclif/core/interfaces'
import {nearest} from '../config/problems/nearest.ts'
import {SquizzleError} from '../errors.ts'
import {hasFlag, wantsJson} from './argv.ts'

/**
 * Refuses a command line that names no command, before oclif answers it: that would be text under
 * `--json` as well, without a suggestion, and "command not found" for one argument too many.
 * @throws USAGE
 */
export function requireCommand(config: Config, argv: readonly string[]): void {
  const helpFlags = getHelpFlagAdditions(config)
  const words = argv.filter((word) => !helpFlags.includes(word))
  const [id] = normalizeArgv(config, [...words])
  if (id === undefined || config.findCommand(id) !== undefined) return
  const helps = helpFlags.some((flag) => hasFlag(argv, flag)) || !wantsJson(argv)
  if (config.findTopic(id) !== undefined && helps) return
  throw explain(config, id)
}

function explain(config: Config, id: string): SquizzleError {
  const bin = config.bin
  if (id.startsWith('-')) {
    return usage(
      'no command is named',
      `Flags follow their command; \`${bin} --help\` lists the commands.`,
    )
  }
  const words = id.split(':')
  const parent = longestCommand(config, words)
  if (parent !== undefined) {
    const name = parent.join(' ')
    return usage(
      `unexpected argument: ${words.slice(parent.length).join(' ')}`,
      `\`${bin} ${name}\` takes no arguments; \`${bin} ${name} --help\` says what it takes.`,
    )
  }
  const topic = words[0] ?? ''
  const inTopic = namesBelow(config, topic)
  if (words.length === 1 && inTopic.length > 0) {
    return usage(`${topic} needs one more word`, `Name one of: ${inTopic.join(', ')}.`)
  }
  const known = inTopic.length > 0 ? inTopic : visibleNames(config)
  const typed = words.slice(0, inTopic.length > 0 ? 2 : 1).join(' ')
  const meant = nearest(typed, known)
  return usage(
    `unknown command: ${typed}`,
    meant === undefined
      ? `\`${bin} ${inTopic.length > 0 ? `${topic} ` : ''}--help\` lists the commands.`
      : `Did you mean \`${bin} ${meant}\`?`,
  )
}

function longestCommand(config: Config, words: readonly string[]): readonly string[] | undefined {
  return words
    .map((_, index) => words.slice(0, words.length - index))
    .find((start) => config.findCommand(start.join(':')) !== undefined)
}

function namesBelow(config: Config, topic: string): string[] {
  return visibleNames(config).filter((name) => name.startsWith(`${topic} `))
}

function visibleNames(config: Config): string[] {
  return config.commands
    .filter(({hidden}) => !hidden)
    .map(({id}) => id.replaceAll(':', ' '))
    .toSorted()
}

function usage(message: string, hint: string): SquizzleError {
  return new SquizzleError('USAGE', message, {hint})
}
