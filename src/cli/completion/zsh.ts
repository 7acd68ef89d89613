import {everyNode, type Flag, type Node} from './model.ts'

/** For zsh: in a file `_squizzle` of a folder of `fpath`, or `source <(squizzle completion zsh)`. */
export function zshScript(root: Node): string {
  return `#compdef squizzle
# zsh completion for squizzle
${everyNode(root).map(functionFor).join('\n')}
if [ "$funcstack[1]" = _squizzle ]; then
  _squizzle "$@"
else
  compdef _squizzle squizzle
fi
`
}

function functionFor(node: Node): string {
  const name = nameOf(node.path)
  const specs = node.flags.map((flag) => `    ${quote(specOf(flag))}`)
  if (node.children.length === 0) {
    const last = lastSpec(node)
    return `${name}() {\n  _arguments -S \\\n${[...specs, `    ${last}`].join(' \\\n')}\n}\n`
  }
  const words = node.children.map(
    ({path, summary}) => `    ${quote(`${escaped(path.at(-1) ?? '')}:${summary}`)}`,
  )
  const cases = node.children.map(({path}) => `      ${path.at(-1)}) ${nameOf(path)} ;;`)
  return `${name}() {
  local curcontext="$curcontext" state line
  local -a commands=(
${words.join('\n')}
  )
  _arguments -C \\
${[...specs, "    '1: :->command'", "    '*:: :->rest'"].join(' \\\n')}
  case $state in
    command) _describe command commands ;;
    rest)
      case $words[1] in
${cases.map((line) => `  ${line}`).join('\n')}
      esac
      ;;
  esac
}
`
}

function lastSpec({words, takesFiles}: Node): string {
  if (takesFiles) return "'*:file:_files'"
  // an empty action would keep zsh from completing the only flag that fits
  return quote(words.length > 0 ? `1:choice:(${words.join(' ')})` : '*:argument:()')
}

function specOf({name, summary, value}: Flag): string {
  const about = `[${summary.replaceAll(/[[\]\\:]/g, String.raw`\$&`)}]`
  if (value === undefined) return `--${name}${about}`
  const action =
    value.kind === 'words' ? `(${value.words.join(' ')})` : value.kind === 'path' ? '_files' : ''
  return `--${name}=${about}:value:${action}`
}

function nameOf(path: readonly string[]): string {
  return ['_squizzle', ...path].join('_').replaceAll('-', '_')
}

function escaped(word: string): string {
  return word.replaceAll(':', String.raw`\:`)
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
