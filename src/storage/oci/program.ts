import {StringDecoder} from 'node:string_decoder'

export interface ProgramOptions {
  readonly cwd?: string | undefined
  /** All that the child gets to see of the environment. */
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Bytes kept of standard output; a child that says more is ended. Not with `onLine`. */
  readonly largestOutput?: number | undefined
  /** Takes standard output line by line instead of keeping it. The child is ended when it throws. */
  readonly onLine?: ((line: string) => void) | undefined
  readonly idle?: IdleLimit | undefined
}

/** When a child that shows no sign of life is given up. */
export interface IdleLimit {
  /** Milliseconds. */
  readonly after: number
  /** A number that changes while work goes on without a word. */
  readonly pulse?: (() => Promise<number>) | undefined
}

export interface ProgramResult {
  readonly ok: boolean
  readonly stdout: Buffer
  /** The last of it. */
  readonly stderr: string
  /** `exit code 1`, `SIGKILL`, or why it could not be started. */
  readonly ending: string
  readonly failure?: 'overflow' | 'idle' | 'unstartable'
}

/** Milliseconds between SIGINT, on which oras cleans up, and SIGKILL. */
const grace = 3000

/** Bytes of standard error, counted from its end: enough for any message, and no more memory than that. */
const keptErrors = 16 * 1024

/** Characters: a longer line is nothing that anybody waits for. */
const longestLine = 64 * 1024

/** Milliseconds between two looks at a child's signs of life. */
const lookEvery = 1000

/**
 * Runs a program to its end: no shell, nothing inherited, its output bounded. It and what it started are
 * ended when the signal aborts, or when nothing moves any more.
 * @throws the signal's reason; what `onLine` throws
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  {cwd, env, signal, largestOutput = 1024 * 1024, onLine, idle}: ProgramOptions,
): Promise<ProgramResult> {
  signal.throwIfAborted()
  const {execa} = await import('execa')
  const stalled = new AbortController()
  const child = execa(program, args, {
    ...(cwd !== undefined && {cwd}),
    env,
    extendEnv: false,
    stdin: 'ignore',
    encoding: 'buffer',
    buffer: {stdout: onLine === undefined, stderr: false},
    maxBuffer: {stdout: largestOutput},
    stripFinalNewline: false,
    reject: false,
    cancelSignal: AbortSignal.any([signal, stalled.signal]),
    killSignal: 'SIGINT',
    forceKillAfterDelay: grace,
    killDescendants: true,
  })
  const errors = keepEnd(child.stderr)
  const watch = idle && watchPulse(idle, () => stalled.abort())
  child.stdout.on('data', () => watch?.alive())
  const refused = new AbortController()
  if (onLine !== undefined) {
    readLines(child.stdout, (line) => {
      try {
        if (!refused.signal.aborted) onLine(line)
      } catch (error) {
        refused.abort(error)
        child.kill()
      }
    })
  }
  const result = await child
  watch?.stop()
  signal.throwIfAborted()
  refused.signal.throwIfAborted()
  const failure = failureOf(result, stalled.signal)
  return {
    ok: failure === undefined && result.exitCode === 0,
    stdout: Buffer.from(result.stdout ?? []),
    stderr: errors(),
    ending: endingOf(result),
    ...(failure !== undefined && {failure}),
  }
}

interface Ending {
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  readonly code?: string | undefined
  readonly isMaxBuffer: boolean
}

function failureOf(
  {exitCode, signal, isMaxBuffer}: Ending,
  stalled: AbortSignal,
): ProgramResult['failure'] {
  if (stalled.aborted) return 'idle'
  if (isMaxBuffer) return 'overflow'
  return exitCode === undefined && signal === undefined ? 'unstartable' : undefined
}

function endingOf({exitCode, signal, code}: Ending): string {
  if (signal !== undefined) return signal
  return exitCode === undefined ? (code ?? 'not started') : `exit code ${exitCode}`
}

/** Collects the end of a stream. */
function keepEnd(stream: NodeJS.ReadableStream): () => string {
  let kept = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-keptErrors)
  })
  return () => kept.toString('utf8')
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    const lines = `${rest}${decoder.write(chunk)}`.split('\n')
    rest = (lines.pop() ?? '').slice(0, longestLine)
    for (const line of lines) onLine(line)
  })
  stream.on('end', () => {
    if (rest !== '') onLine(rest)
  })
}

/** Calls back when neither `alive` was called nor the pulse changed for as long as the limit says. */
function watchPulse({after, pulse}: IdleLimit, onIdle: () => void) {
  let last = performance.now()
  let beat: number | undefined
  const look = async () => {
    const next = await pulse?.().catch(() => beat)
    if (next !== beat) last = performance.now()
    beat = next
    if (performance.now() - last >= after) onIdle()
  }
  const timer = setInterval(() => void look(), Math.min(lookEvery, after))
  return {
    alive: () => {
      last = performance.now()
    },
    stop: () => clearInterval(timer),
  }
}
