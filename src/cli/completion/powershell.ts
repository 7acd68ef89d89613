import {everyNode, type Flag, type Node} from './model.ts'

/** For PowerShell: `squizzle completion powershell | Out-String | Invoke-Expression` in `$PROFILE`. */
export function powershellScript(root: Node): string {
  return `# PowerShell completion for squizzle
Register-ArgumentCompleter -Native -CommandName squizzle -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $known = @{
${everyNode(root).map(entryFor).join('\n')}
  }
  $values = @{
${everyNode(root).flatMap(valuesFor).join('\n')}
  }
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -and $words.Count -gt 0) { $words = @($words | Select-Object -SkipLast 1) }
  $at = ''
  foreach ($word in $words) {
    $next = "$at $word".Trim()
    if ($known.ContainsKey($next)) { $at = $next }
  }
  $previous = if ($words.Count -gt 0) { $words[-1] } else { '' }
  if ($values.ContainsKey("$at $previous".Trim())) {
    $values["$at $previous".Trim()] | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
      [System.Management.Automation.CompletionResult]::new($_)
    }
    return
  }
  $known[$at].GetEnumerator() | Where-Object { $_.Key -like "$wordToComplete*" } | Sort-Object Key | ForEach-Object {
    $kind = if ($_.Key.StartsWith('--')) { 'ParameterName' } else { 'Command' }
    [System.Management.Automation.CompletionResult]::new($_.Key, $_.Key, $kind, $_.Value)
  }
}
`
}

function entryFor({path, children, flags, words}: Node): string {
  const rows = [
    ...children.map((child) => [child.path.at(-1) ?? '', child.summary] as const),
    ...words.map((word) => [word, word] as const),
    ...flags.map(({name, summary}) => [`--${name}`, summary] as const),
  ]
  const body = rows.map(([word, about]) => `${quote(word)} = ${quote(about || word)}`).join('; ')
  return `    ${quote(path.join(' '))} = @{ ${body} }`
}

function valuesFor({path, flags}: Node): readonly string[] {
  return flags.flatMap(({name, value}: Flag) =>
    value?.kind === 'words'
      ? [`    ${quote([...path, `--${name}`].join(' '))} = ${value.words.map(quote).join(', ')}`]
      : [],
  )
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
