import {everyNode, type Flag, type Node} from './model.ts'

/** For bash 4.1 and newer: `source <(squizzle completion bash)`. */
export function bashScript(root: Node): string {
  const nodes = everyNode(root)
  return `# bash completion for squizzle
_squizzle() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} at='' word
  # readline cuts --flag=value at the sign
  if [ "$current" = '=' ]; then
    current=''
  elif [ "$previous" = '=' ]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at/$word" in
${nodes
  .filter(({path}) => path.length > 0)
  .map(
    ({path}) =>
      `      ${quote(`${path.slice(0, -1).join(' ')}/${path.at(-1)}`)}) at=${quote(path.join(' '))} ;;`,
  )
  .join('\n')}
    esac
  done
  COMPREPLY=()
  case "$at/$previous" in
${nodes.flatMap((node) => node.flags.flatMap((flag) => valueCase(node, flag))).join('\n')}
  esac
  case "$at" in
${nodes.map(nodeCase).join('\n')}
  esac
}
complete -F _squizzle squizzle
`
}

function valueCase({path}: Node, {name, value}: Flag): readonly string[] {
  if (value === undefined) return []
  const at = quote(`${path.join(' ')}/--${name}`)
  const answer =
    value.kind === 'words'
      ? `mapfile -t COMPREPLY < <(compgen -W ${quote(value.words.join(' '))} -- "$current")`
      : value.kind === 'path'
        ? 'mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames'
        : ':'
  return [`    ${at}) ${answer}; return ;;`]
}

function nodeCase({path, children, flags, words: choices, takesFiles}: Node): string {
  const words = [
    ...children.map((child) => child.path.at(-1)),
    ...choices,
    ...flags.map(({name}) => `--${name}`),
  ].join(' ')
  const files = takesFiles
    ? '; [[ $current == -* ]] || { mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames; }'
    : ''
  return `    ${quote(path.join(' '))}) mapfile -t COMPREPLY < <(compgen -W ${quote(words)} -- "$current")${files} ;;`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
