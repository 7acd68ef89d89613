import {Help} from '@oclif/core/help'

/** The groups of `squizzle --help`; the first is the way that every release goes, in its order. */
const groups: Readonly<Record<string, readonly string[]>> = {
  'FROM A MIGRATION TO A DATABASE': ['init', 'new', 'build', 'push', 'pull', 'apply', 'status'],
  RELEASES: ['list', 'show', 'diff', 'tag', 'export', 'import', 'prune'],
  DATABASES: ['verify', 'rollback', 'resolve', 'baseline'],
}

const others = 'MORE'

interface Entry {
  readonly name: string
  readonly summary: string
}

/** oclif's help, but for the root: there the workflow comes first. */
export default class WorkflowHelp extends Help {
  protected override async showRootHelp(): Promise<void> {
    this.log(this.formatRoot())
    this.log('')
    for (const [title, entries] of this.#grouped()) {
      if (entries.length === 0) continue
      const rows = entries.map(({name, summary}): [string, string] => [name, summary])
      this.log(this.section(title, this.renderList(rows, {indentation: 2, spacer: '\n'})))
      this.log('')
    }
  }

  #grouped(): readonly (readonly [title: string, entries: readonly Entry[]])[] {
    const entries = this.#entries()
    const grouped = Object.values(groups).flat()
    return [
      ...Object.entries(groups).map(([title, names]) => {
        const known = names.map((name) => entries.find((entry) => entry.name === name))
        return [title, known.filter((entry) => entry !== undefined)] as const
      }),
      [others, entries.filter(({name}) => !grouped.includes(name))] as const,
    ]
  }

  /** Commands of one word, and the topics of those of two, in alphabetical order. */
  #entries(): readonly Entry[] {
    const topics = this.sortedTopics
      .filter(({name}) => !name.includes(':'))
      .map(({name, description}) => ({name, summary: description ?? ''}))
    const commands = this.sortedCommands
      .filter(({id}) => !id.includes(':') && topics.every(({name}) => name !== id))
      .map((command) => ({
        name: command.id,
        summary: this.summary(command) ?? '',
      }))
    return [...topics, ...commands].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }
}
