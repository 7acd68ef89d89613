import type {Display} from './display.ts'

const nothing = () => {}

/** Shows no step; warnings go where they are told to. */
export function silentDisplay(warn: (line: string) => void): Display {
  return {
    task: nothing,
    update: nothing,
    done: nothing,
    skip: nothing,
    fail: nothing,
    say: nothing,
    warn,
    close: async () => {},
  }
}
