/**
 * How the steps of a run are shown while it works. Always on stderr, so that stdout has results only.
 * A task is one thing that takes time, such as a layer or a migration: opened when its work begins.
 */
export interface Display {
  /** @param id names the task in the calls below; free again once the task has ended */
  task(id: string, title: string): void
  /** How far it is: `4.2MB of 12.3MB`. */
  update(id: string, text: string): void
  /** @param text what came of it, shown behind the title */
  done(id: string, text?: string): void
  /** There was nothing to do. */
  skip(id: string, text?: string): void
  /** The error itself is thrown, and printed once, at the end. */
  fail(id: string, text?: string): void
  /** A line of its own, such as the target of the run. */
  say(line: string): void
  warn(line: string): void
  /** Ends all drawing, so that a result or an error can be printed; a task still open counts as cancelled. */
  close(): Promise<void>
}

/**
 * Whether people watch: an interactive terminal that can redraw lines, and no CI job that pretends to be one.
 * A terminal that somebody made without a size has no columns to draw in.
 */
export function isWatched(
  stream: {readonly isTTY?: boolean; readonly columns?: number},
  env: NodeJS.ProcessEnv,
): boolean {
  const ci = env['CI']
  const inCi = ci !== undefined && ci !== '' && ci !== '0' && ci !== 'false'
  return stream.isTTY === true && stream.columns !== 0 && env['TERM'] !== 'dumb' && !inCi
}
