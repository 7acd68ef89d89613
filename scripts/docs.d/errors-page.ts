import {errorCodes, type ErrorCode} from '../../src/errors.ts'
import {fixedTexts, remedies} from './remedies.ts'

/** Every error code with its exit code, what it means, and what to do. */
export function errorsPage(): string {
  const codes = Object.entries(errorCodes) as [ErrorCode, {exit: number; meaning: string}][]
  const exits = [...new Set(codes.map(([, {exit}]) => exit))]
  return `# Errors

<!-- Made by scripts/docs from src/errors.ts and scripts/docs.d/remedies.ts: change those, not this page. -->

An error is one line on stderr that starts with \`Error: \`, then what to do. \`--verbose\` adds the causes. With \`--json\` it is a document on
stdout: \`{"error":{"code":...,"exitCode":...,"message":...,"hint":...,"details":{...}}}\`. Codes are never renamed.

| exit code | error codes |
| --- | --- |
| 0 | done, or nothing to do |
${exits
  .map(
    (exit) =>
      `| ${exit} | ${codes
        .filter(([, about]) => about.exit === exit)
        .map(linked)
        .join(', ')} |`,
  )
  .join('\n')}

${codes.map(section).join('\n\n')}
`
}

function linked([code]: [ErrorCode, unknown]): string {
  return `[${code}](#${code.toLowerCase()})`
}

function section([code, {exit, meaning}]: [ErrorCode, {exit: number; meaning: string}]): string {
  return `## ${code}

Exit code ${exit}: ${meaning}.${(fixedTexts[code] ?? []).map(shown).join('')}

${remedies[code]}`
}

function shown(text: string): string {
  return `\n\n    Error: ${text}`
}
