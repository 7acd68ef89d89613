import {everyNode, type Flag, type Node} from './model.ts'

/** For fish: `squizzle completion fish | source`, or a file in `~/.config/fish/completions`. */
export function fishScript(root: Node): string {
  return `# fish completion for squizzle
function __squizzle_words
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; or echo $word
    end
end
# whether just these words were typed, or these and arguments of theirs
function __squizzle_next
    test "$(string join ' ' (__squizzle_words))" = "$argv"
end
function __squizzle_in
    set -l words (__squizzle_words)
    test (count $words) -ge (count $argv); and test "$words[1..$(count $argv)]" = "$argv"
end
complete -c squizzle -f
${everyNode(root).flatMap(linesFor).join('\n')}
`
}

function linesFor({path, children, flags, words, takesFiles}: Node): readonly string[] {
  const inside = quote(`__squizzle_in ${path.join(' ')}`)
  return [
    ...children.map(
      (child) =>
        `complete -c squizzle -n ${quote(`__squizzle_next ${path.join(' ')}`.trim())} -a ${child.path.at(-1)} -d ${quote(child.summary)}`,
    ),
    ...flags.map((flag) => `complete -c squizzle -n ${inside} ${flagOptions(flag)}`),
    ...(words.length > 0 ? [`complete -c squizzle -n ${inside} -a ${quote(words.join(' '))}`] : []),
    ...(takesFiles ? [`complete -c squizzle -n ${inside} -F`] : []),
  ]
}

function flagOptions({name, summary, value}: Flag): string {
  const values =
    value === undefined
      ? ''
      : value.kind === 'words'
        ? ` -x -a ${quote(value.words.join(' '))}`
        : value.kind === 'path'
          ? ' -r -F'
          : ' -x'
  return `-l ${name}${values} -d ${quote(summary)}`
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`
}
