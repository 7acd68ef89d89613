import {cleanText} from '../clean.ts'
import {painter, wantsColor} from '../color.ts'
import {isWatched, type Display} from './display.ts'
import {plainDisplay} from './plain.ts'
import {silentDisplay} from './silent.ts'

export interface DisplayChoice {
  readonly json: boolean
  readonly quiet: boolean
  readonly env: NodeJS.ProcessEnv
  /** Takes the warnings under `--json`, where stderr stays silent. */
  readonly collect: (warning: string) => void
}

/** Chooses, once per run, how its steps are shown. Whatever they say is cleaned on its way. */
export async function openDisplay({json, quiet, env, collect}: DisplayChoice): Promise<Display> {
  if (json) return silentDisplay(collect)
  const {stderr} = process
  const paint = painter(wantsColor(stderr, env))
  const write = (line: string) => void stderr.write(`${line}\n`)
  const warn = (line: string) => write(`${paint('yellow', 'Warning:')} ${line}`)
  if (quiet) return cleaned(silentDisplay(warn))
  if (!isWatched(stderr, env)) return cleaned(plainDisplay(write, warn))
  const {liveDisplay} = await import('./live.ts')
  return cleaned(await liveDisplay(stderr, paint))
}

function cleaned(display: Display): Display {
  return {
    task: (id, title) => display.task(id, cleanText(title)),
    update: (id, value) => display.update(id, cleanText(value)),
    done: (id, value) => display.done(id, cleanOutcome(value)),
    skip: (id, value) => display.skip(id, cleanOutcome(value)),
    fail: (id, value) => display.fail(id, cleanOutcome(value)),
    say: (line) => display.say(cleanText(line)),
    warn: (line) => display.warn(cleanText(line)),
    close: () => display.close(),
  }
}

/** An outcome that is left out keeps its default. */
function cleanOutcome(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cleanText(text)
}
