import {readFile} from 'node:fs/promises'
import {join} from 'node:path'

/** What `oclif manifest` writes of a command, as far as the manual shows it. */
interface Command {
  readonly id: string
  readonly summary?: string
  readonly description?: string
  readonly hidden?: boolean
  readonly examples?: readonly string[]
  readonly args?: Readonly<Record<string, Argument>>
  readonly flags?: Readonly<Record<string, Flag>>
}

interface Argument {
  readonly name: string
  readonly description?: string
  readonly required?: boolean
  readonly options?: readonly string[]
}

interface Flag {
  readonly name: string
  readonly char?: string
  readonly type: 'boolean' | 'option'
  readonly summary?: string
  readonly description?: string
  readonly helpGroup?: string
  readonly helpValue?: string
  readonly options?: readonly string[]
  readonly required?: boolean
  readonly multiple?: boolean
  readonly hidden?: boolean
}

const manifest = join(import.meta.dirname, '../../oclif.manifest.json')

/** Every command of the oclif manifest, with its arguments, flags and examples. */
export async function commandsPage(): Promise<string> {
  const commands = await readCommands()
  return `# Commands

<!-- Made by scripts/docs from oclif.manifest.json: change the commands, not this page. -->

\`squizzle <command> --help\` says the same. An argument that takes a version takes a tag or a digest as well, and a leading \`v\` is
dropped. Results go to stdout, all else to stderr; the exit codes are those of [Errors](errors.md).

${commands.map(({id}) => `- [\`squizzle ${nameOf(id)}\`](#squizzle-${id.replaceAll(':', '-')})`).join('\n')}

## Flags of every command

${flagTable((commands[0] && flagsOf(commands[0]).filter(isGlobal)) ?? [])}

${commands.map(section).join('\n\n')}
`
}

async function readCommands(): Promise<readonly Command[]> {
  const {commands} = JSON.parse(await readFile(manifest, 'utf8')) as {
    commands: Record<string, Command>
  }
  return Object.values(commands).filter(({hidden}) => hidden !== true)
}

function section(command: Command): string {
  const {id, summary = '', description = '', examples = []} = command
  const flags = flagsOf(command).filter((flag) => !isGlobal(flag))
  const args = Object.values(command.args ?? {})
  return [
    `## squizzle ${nameOf(id)}`,
    withBin(summary),
    paragraphs(withBin(description)),
    `\`\`\`text\n${usageOf(command)}\n\`\`\``,
    args.length > 0 && argumentTable(args),
    flags.length > 0 && flagTable(flags),
    examples.length > 0 && `\`\`\`sh\n${examples.map(withBin).join('\n')}\n\`\`\``,
  ]
    .filter((part) => part !== '' && part !== false)
    .join('\n\n')
}

function usageOf({id, args = {}, flags = {}}: Command): string {
  const words = Object.values(args).map(({name, required}) =>
    required === true ? `<${name}>` : `[${name}]`,
  )
  const needed = Object.values(flags)
    .filter(({required}) => required === true)
    .map(writtenFlag)
  return ['squizzle', nameOf(id), ...words, ...needed, '[flags]'].join(' ')
}

function argumentTable(args: readonly Argument[]): string {
  const rows = args.map(({name, description = '', options = []}) => {
    const choices = options.length > 0 ? ` One of ${options.map(code).join(', ')}.` : ''
    return `| ${code(name)} | ${cell(withBin(description))}${choices} |`
  })
  return `| argument | |\n| --- | --- |\n${rows.join('\n')}`
}

function flagTable(flags: readonly Flag[]): string {
  const rows = flags.map((flag) => {
    const choices =
      flag.options === undefined ? '' : ` One of ${flag.options.map(code).join(', ')}.`
    const repeated = flag.multiple === true ? ' May be repeated.' : ''
    const text = withBin(flag.summary ?? flag.description ?? '')
    return `| ${code(writtenFlag(flag))} | ${cell(text)}${choices}${repeated} |`
  })
  return `| flag | |\n| --- | --- |\n${rows.join('\n')}`
}

function writtenFlag({name, char, type, helpValue, options}: Flag): string {
  const value = options === undefined ? (helpValue ?? '<value>') : `<${options.join('|')}>`
  const short = char === undefined ? '' : `-${char}, `
  return type === 'boolean' ? `${short}--${name}` : `${short}--${name} ${value}`
}

function flagsOf({flags = {}}: Command): readonly Flag[] {
  return Object.values(flags)
    .filter(({hidden}) => hidden !== true)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const isGlobal = ({helpGroup}: Flag) => helpGroup === 'GLOBAL'

const nameOf = (id: string) => id.replaceAll(':', ' ')

/** Help texts may be templates, of which only the program's name occurs. */
const withBin = (text: string) =>
  text
    .replaceAll(/<%= config\.bin %>/g, 'squizzle')
    .replaceAll(/<%= command\.id %>/g, '')
    .trim()

const code = (text: string) => `\`${text.replaceAll('|', String.raw`\|`)}\``

const cell = (text: string) => text.replaceAll('\n', ' ').replaceAll('|', String.raw`\|`)

/** Single line breaks of a help text are meant as they are. */
const paragraphs = (text: string) =>
  text
    .split('\n\n')
    .map((paragraph) => paragraph.split('\n').join('  \n'))
    .join('\n\n')
