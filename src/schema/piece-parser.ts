import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {extname} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseScript, type Unparsed} from './parser.ts'
import {surveyStatements, type PieceSurvey} from './survey.ts'

/** What a parser is asked: SQL of whole statements, and the enum values added before it. */
export interface PieceRequest {
  readonly sql: Uint8Array
  readonly newValues: readonly string[]
}

export type PieceAnswer = PieceSurvey | Unparsed

/** Parses pieces of a script, one after the other. */
export type PieceParser = (request: PieceRequest) => Promise<PieceAnswer>

/** Parses in this process. Its memory grows by hundreds of times the piece, and is never given back. */
export const parsePiece: PieceParser = async ({sql, newValues}) => {
  const text = new TextDecoder('utf-8', {ignoreBOM: true}).decode(sql)
  const parsed = await parseScript(text)
  return 'statements' in parsed ? surveyStatements(parsed.statements, newValues) : parsed
}

/** The program of the child, beside this file, be it source or compiled. */
const program = fileURLToPath(new URL(`parser-process${extname(import.meta.url)}`, import.meta.url))

/** Bytes of what a dying child says that are kept. */
const lastWords = 2000

/**
 * Runs the work with a parser in a child process, so that its memory is given back after, and that of this process stays
 * small. A child that dies is an `exhausted` answer: want of memory is what ends it.
 * @throws the signal's reason
 */
export async function withParserProcess<T>(
  work: (parse: PieceParser) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const child = fork(program, {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-lastWords)))
  const ended = endOf(child, () => said)
  const kill = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', kill)
  try {
    return await work(async (request) => {
      const answer = once(child, 'message').then(([message]) => message as PieceAnswer)
      // where the child is gone already, `ended` says why
      child.send(request, () => undefined)
      const first = await Promise.race([answer, ended])
      signal?.throwIfAborted()
      return first
    })
  } finally {
    signal?.removeEventListener('abort', kill)
    kill()
    await ended
  }
}

async function endOf(child: ChildProcess, said: () => string): Promise<Unparsed> {
  const reason = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) =>
      resolve(`the parser ended by ${signal ?? `exit ${code}`}`),
    )
  })
  return {exhausted: [reason, said()].filter((part) => part !== '').join(': ')}
}
