import type {Display} from './display.ts'
import {formatDuration} from './format.ts'

/** Milliseconds that a task may take in silence: a first line early, then few, for logs are kept. */
const defaultPatience = {first: 5_000, next: 30_000}

interface OpenTask {
  readonly title: string
  readonly begun: number
  text: string
  timer: NodeJS.Timeout
}

/** One line when a task ends, and a sign of life while a long one runs: for logs, pipes and CI. */
export function plainDisplay(
  write: (line: string) => void,
  warn: (line: string) => void,
  patience: {readonly first: number; readonly next: number} = defaultPatience,
): Display {
  const open = new Map<string, OpenTask>()

  const end = (id: string, outcome: string) => {
    const task = open.get(id)
    if (task === undefined) return
    clearTimeout(task.timer)
    open.delete(id)
    write(columns(task.title, outcome))
  }
  const beat = (task: OpenTask) => {
    write(
      columns(
        task.title,
        task.text,
        `still running after ${formatDuration(performance.now() - task.begun)}`,
      ),
    )
    task.timer = setTimeout(beat, patience.next, task).unref()
  }

  return {
    task(id, title) {
      const task = {title, text: '', begun: performance.now()} as OpenTask
      task.timer = setTimeout(beat, patience.first, task).unref()
      open.set(id, task)
    },
    update(id, text) {
      const task = open.get(id)
      if (task !== undefined) task.text = text
    },
    done: (id, text = 'done') => end(id, text),
    skip: (id, text = 'skipped') => end(id, text),
    fail: (id, text = 'failed') => end(id, text),
    say: write,
    warn,
    async close() {
      for (const id of open.keys()) end(id, 'not done')
    },
  }
}

/** Two blanks, as in a table, so that a line can be cut into its parts. */
export function columns(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('  ')
}
