import type {Paint} from '../color.ts'
import {openBlock, type Block, type Listr2} from './block.ts'
import type {Display} from './display.ts'
import {columns} from './plain.ts'

/** Ended tasks that are redrawn with those under way: drawing takes time for every line. */
const maxEnded = 30

/** Redraws the tasks under way on a terminal, by listr2. */
export async function liveDisplay(stream: NodeJS.WriteStream, paint: Paint): Promise<Display> {
  return new LiveDisplay(await import('listr2'), stream, paint)
}

interface OpenTask {
  readonly title: string
  text: string
  block: Block
  line: number
}

class LiveDisplay implements Display {
  readonly #listr2: Listr2
  readonly #stream: NodeJS.WriteStream
  readonly #paint: Paint
  readonly #open = new Map<string, OpenTask>()
  /** The block that is drawn now, or next; tasks join it while it has some under way. */
  #block: Block | undefined
  /** Settles when every block so far stands as it will stay. */
  #drawn: Promise<void> = Promise.resolve()

  constructor(listr2: Listr2, stream: NodeJS.WriteStream, paint: Paint) {
    this.#listr2 = listr2
    this.#stream = stream
    this.#paint = paint
  }

  task(id: string, title: string): void {
    const block = this.#currentBlock()
    this.#open.set(id, {title, text: '', block, line: block.add(title, 'STARTED')})
  }

  update(id: string, text: string): void {
    const task = this.#open.get(id)
    if (task === undefined) return
    task.text = text
    task.block.setTitle(task.line, columns(task.title, text))
  }

  done(id: string, text = ''): void {
    this.#end(id, text, 'COMPLETED')
  }

  skip(id: string, text = ''): void {
    this.#end(id, text, 'SKIPPED')
  }

  fail(id: string, text = ''): void {
    this.#end(id, text, 'FAILED')
  }

  say(line: string): void {
    this.#currentBlock().add(line, 'WAITING')
    this.#endBlockIfIdle()
  }

  warn(line: string): void {
    this.say(`${this.#paint('yellow', 'Warning:')} ${line}`)
  }

  async close(): Promise<void> {
    for (const id of this.#open.keys()) this.#end(id, '', 'CANCELLED')
    this.#endBlock()
    await this.#drawn
  }

  #end(id: string, text: string, state: 'COMPLETED' | 'SKIPPED' | 'FAILED' | 'CANCELLED'): void {
    const task = this.#open.get(id)
    if (task === undefined) return
    this.#open.delete(id)
    task.block.setTitle(task.line, columns(task.title, text))
    task.block.setState(task.line, state)
    this.#endBlockIfIdle()
  }

  #currentBlock(): Block {
    const current = this.#block
    if (current !== undefined && current.size - this.#open.size < maxEnded) return current
    this.#endBlock()
    const block = openBlock(this.#listr2, this.#stream, this.#paint)
    this.#block = block
    this.#drawn = this.#drawn.then(() => block.draw())
    for (const task of this.#open.values()) {
      task.block = block
      task.line = block.add(columns(task.title, task.text), 'STARTED')
    }
    return block
  }

  /** Later in this turn of the event loop another task may begin: then one block is enough. */
  #endBlockIfIdle(): void {
    setImmediate(() => {
      if (this.#open.size === 0) this.#endBlock()
    })
  }

  #endBlock(): void {
    this.#block?.end()
    this.#block = undefined
  }
}
