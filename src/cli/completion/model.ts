import type {Config} from '@oclif/core/interfaces'

/** What can follow `squizzle` on a command line, as the completion scripts tell it to their shells. */
export interface Node {
  /** The words behind the program's name; none for the program itself. */
  readonly path: readonly string[]
  readonly summary: string
  /** What may be the next word. */
  readonly children: readonly Node[]
  readonly flags: readonly Flag[]
  /** What its first argument may be, where that is a choice of few. */
  readonly words: readonly string[]
  /** Whether its arguments are files. */
  readonly takesFiles: boolean
}

export interface Flag {
  readonly name: string
  readonly summary: string
  /** Absent where it takes none. */
  readonly value?: FlagValue
}

/** Any of a list of words, a path, or something that no shell can know. */
export type FlagValue =
  | {readonly kind: 'words'; readonly words: readonly string[]}
  | {readonly kind: 'path'}
  | {readonly kind: 'other'}

/** Flag and argument values that are shown like this stand for paths. */
const pathLike = /^<?(file|dir|folder|path)/i

/** The tree of everything that the program and its installed plugins understand, in alphabetical order. */
export function completionTree(config: Config): Node {
  return nodeAt(config, [])
}

function nodeAt(config: Config, path: readonly string[]): Node {
  const id = path.join(':')
  const command = config.findCommand(id)
  const below = new Set(
    config.commands
      .filter(({hidden}) => !hidden)
      .map((entry) => entry.id.split(':'))
      .filter((words) => words.length > path.length && path.every((w, i) => words[i] === w))
      .flatMap((words) => words[path.length] ?? []),
  )
  const text = command?.summary ?? command?.description ?? config.findTopic(id)?.description ?? ''
  return {
    path,
    summary: oneLine(text),
    children: [...below].toSorted().map((word) => nodeAt(config, [...path, word])),
    flags: Object.values(command?.flags ?? {})
      .filter(({hidden}) => hidden !== true)
      .map((flag) => ({
        name: flag.name,
        summary: oneLine(flag.summary ?? flag.description ?? ''),
        ...(flag.type === 'option' && {value: valueOf(flag)}),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    words: Object.values(command?.args ?? {})[0]?.options ?? [],
    takesFiles: Object.values(command?.args ?? {}).some(({name}) => pathLike.test(name)),
  }
}

function valueOf(flag: {
  readonly options?: readonly string[]
  readonly helpValue?: string | readonly string[]
}): FlagValue {
  if (flag.options !== undefined) return {kind: 'words', words: flag.options}
  return {kind: pathLike.test(String(flag.helpValue ?? '')) ? 'path' : 'other'}
}

/** Without the templates and line breaks that help texts may have. */
function oneLine(text: string): string {
  const [first = ''] = text.replaceAll(/<%=.*?%>/g, 'squizzle').split('\n')
  return first.replace(/\.$/, '')
}

/** The node itself and everything below it. */
export function everyNode(node: Node): readonly Node[] {
  return [node, ...node.children.flatMap(everyNode)]
}
