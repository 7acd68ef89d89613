import {LineCounter, parseDocument} from 'yaml'
import {errorAt} from './read.ts'

/** YAML 1.2, core schema. Of the library's errors only the code is used: their messages quote the file. */
export function parseYaml(text: string, label: string): unknown {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
  })
  // A warning is an unknown tag: what it stands for would be guessed.
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) {
    const {line, col} = lines.linePos(problem.pos[0])
    const what = problem.code.toLowerCase().replaceAll('_', ' ')
    throw errorAt(label, `not valid YAML (${what})`, {line, column: col})
  }
  try {
    return document.toJS()
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    throw errorAt(label, 'not valid YAML (too many aliases, or an unknown one)', {})
  }
}
