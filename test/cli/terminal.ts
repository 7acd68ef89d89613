import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {stripVTControlCharacters} from 'node:util'
import {plainEnv, program} from './program.ts'

/** Of util-linux. */
export const pseudoTerminal = 'script'

/** Of one frame: a terminal may show it as a whole. */
const endOfDrawing = '\u001B[?2026l'

/** A program on a pseudo-terminal of its own, which script(1) makes. */
export interface Terminal {
  /** All that it has shown so far, line ends as the program wrote them. */
  shown(): string
  /** What stands below the last redrawing, which ends where it cleared what it drew before. */
  left(): string
  /** Whether the cursor is there again. */
  hasCursor(): boolean
  /** Resolves when it has shown this, and rejects when it ends without. */
  until(text: string): Promise<void>
  /** Types: `\x03` is Ctrl-C. */
  type(keys: string): void
  readonly exitCode: Promise<number | null>
}

/** @param redirect for a shell, behind the command: `>result` */
export function inTerminal(
  args: readonly string[],
  {
    env = {},
    redirect = '',
    columns = 100,
  }: {env?: Record<string, string>; redirect?: string; columns?: number} = {},
): Terminal {
  const command = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn(
    pseudoTerminal,
    ['-qefc', `stty cols ${columns} rows 30; exec ${command} ${redirect}`, '/dev/null'],
    {
      env: plainEnv({TERM: 'xterm-256color', ...env}),
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const ended = once(child, 'close') as Promise<[number | null]>
  const shown = () => output.replaceAll('\r\n', '\n')

  return {
    shown,
    left: () => stripVTControlCharacters(shown().split(endOfDrawing).at(-1) ?? ''),
    hasCursor: () => shown().lastIndexOf('\u001B[?25h') > shown().lastIndexOf('\u001B[?25l'),
    async until(text) {
      while (!shown().includes(text)) {
        const more = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)])
        if (more === undefined && !shown().includes(text)) {
          throw new Error(`it ended without showing ${JSON.stringify(text)}:\n${shown()}`)
        }
      }
    },
    type: (keys) => void child.stdin.write(keys),
    exitCode: ended.then(([code]) => code),
  }
}
