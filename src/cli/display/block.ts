import type {ListrDefaultRendererOptions, ListrTaskState} from 'listr2'
import type {Paint} from '../color.ts'

export type Listr2 = typeof import('listr2')

/** Lines of a terminal that are redrawn together until the block ends, then stay. */
export interface Block {
  /** Lines so far. */
  readonly size: number
  /** @param state WAITING: a line that is no task @returns the line's number */
  add(title: string, state: keyof typeof ListrTaskState): number
  setTitle(line: number, title: string): void
  setState(line: number, state: keyof typeof ListrTaskState): void
  /** Draws until `end` was called. Two blocks are never drawn at once. */
  draw(): Promise<void>
  /** Lets the lines stay as they are, but takes away tasks under way: they go on in another block. */
  end(): void
}

/**
 * A listr2 list whose lines are driven from outside: listr2 wants all tasks, as functions, before it
 * starts, and an operation tells of its steps as it takes them. So its one real task lasts as long
 * as the block does, and the lines are that task's subtasks.
 */
export function openBlock(listr2: Listr2, stream: NodeJS.WriteStream, paint: Paint): Block {
  const over = Promise.withResolvers<void>()
  const rendererOptions = style(paint)
  const options = {...behaviour(listr2), rendererOptions}
  const list = new listr2.Listr([{task: () => over.promise}], options)
  const root = list.tasks[0]
  const lines = new listr2.Listr([], options, root)
  if (root !== undefined) root.subtasks = lines.tasks

  return {
    get size() {
      return lines.tasks.length
    },
    add(title, state) {
      lines.add({title: literal(title), task: () => {}})
      const line = lines.tasks.length - 1
      // Without it listr2 takes the line for a disabled one.
      void lines.tasks[line]?.check({})
      if (state !== 'WAITING') this.setState(line, state)
      return line
    },
    setTitle(line, title) {
      // Not `title$`: the next frame draws it, however often it changes until then.
      const task = lines.tasks[line]
      if (task !== undefined) task.title = title
    },
    setState(line, state) {
      const task = lines.tasks[line]
      if (task !== undefined) task.state$ = listr2.ListrTaskState[state]
    },
    draw: () =>
      withTerminal(listr2, stream, (logger) => {
        rendererOptions.logger = logger
        return list.run()
      }),
    end() {
      // In place, for listr2 draws this very array.
      const ended = lines.tasks.filter((task) => !task.isStarted())
      lines.tasks.splice(0, Infinity, ...ended)
      over.resolve()
    },
  }
}

/**
 * Takes the stream over while something is drawn on it: what others write meanwhile follows after.
 * Made when drawing begins, for it remembers how the stream writes at that moment.
 */
async function withTerminal(
  listr2: Listr2,
  stream: NodeJS.WriteStream,
  draw: (logger: InstanceType<Listr2['ListrLogger']>) => Promise<unknown>,
): Promise<void> {
  const processOutput = new listr2.ProcessOutput(stream, stream, {leaveEmptyLine: false})
  // When a second signal or a crash ends the process: nothing else gives the cursor and stream back.
  const giveBack = () => processOutput.release()
  process.once('exit', giveBack)
  try {
    await draw(new listr2.ListrLogger({processOutput}))
  } finally {
    process.off('exit', giveBack)
  }
}

/** listr2 formats titles as console.log does. */
function literal(title: string): string {
  return title.replaceAll('%', '%%')
}

function behaviour(listr2: Listr2) {
  return {
    concurrent: true,
    // A failed line must not make those that still run look cancelled.
    exitOnError: false,
    // It would end the process with 127, and nothing would be undone.
    registerSignalListeners: false,
    // listr2 looks whether stdout is a terminal; that is a pipe where results are piped on.
    renderer: class extends listr2.DefaultRenderer {
      static override nonTTY = true
    },
  }
}

function style(paint: Paint): ListrDefaultRendererOptions {
  return {
    icon: {WAITING: ''},
    color: {
      PENDING: (text = '') => paint('yellow', text),
      COMPLETED: (text = '') => paint('green', text),
      SKIPPED_WITH_COLLAPSE: (text = '') => paint('yellow', text),
      FAILED: (text = '') => paint('red', text),
      CANCELLED: (text = '') => paint('red', text),
    },
  }
}
