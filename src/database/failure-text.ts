/** The fields of a failure's details that follow its statement, as PostgreSQL's own tools name them. */
const fields = [
  ['SQLSTATE', 'sqlstate'],
  ['DETAIL', 'detail'],
  ['HINT', 'hint'],
  ['QUERY', 'query'],
  ['CONTEXT', 'context'],
] as const

/**
 * What a person is shown below an error: the lines in question with a caret, then what PostgreSQL said, where it did.
 * @param details of the error
 */
export function shownDetails(details: Readonly<Record<string, unknown>>): string {
  const {excerpt} = details
  const lines = typeof excerpt === 'string' ? [excerpt] : []
  for (const [label, name] of fields) {
    const value = details[name]
    if (typeof value === 'string') lines.push(`${label}: ${value}`)
  }
  return lines.join('\n')
}
