/**
 * Whether the command line asks for machine output. Read before it is parsed, since a command line
 * that cannot be parsed must be answered in the same form.
 */
export function wantsJson(argv: readonly string[]): boolean {
  return hasFlag(argv, '--json')
}

/** Whether the command line asks for the causes of an error; read early for the same reason. */
export function wantsDetail(argv: readonly string[]): boolean {
  return hasFlag(argv, '--verbose')
}

/** Whether a flag stands before `--`, behind which everything is an argument. */
export function hasFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes(flag)
}
