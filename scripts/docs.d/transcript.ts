import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmod, mkdir, writeFile} from 'node:fs/promises'
import {userInfo} from 'node:os'
import {dirname, join} from 'node:path'
import {withTempDir} from '../../src/files/temp.ts'

const program = join(import.meta.dirname, '../../bin/run.js')

/** Where the pages play: the reader's project folder. */
const shownHome = '/home/ada'

/** A fenced block, with the comment that says what it is for. */
const block = /^((?:<!-- (?:file: .*|fails) -->\n)?```\w*\n[\s\S]*?^```$)/m

/** Ends the output of each command; no program prints it. */
const marker = '--- end of the command, exit code'

/**
 * Runs the `console` blocks of a page, top to bottom, in the folder of one new project, and puts under each `$ command` what
 * it printed. A block behind `<!-- file: path -->` is written to that file; the last command of one behind `<!-- fails -->`
 * has to fail.
 * @returns the page with the real outputs
 * @throws Error where a command ends otherwise
 */
export async function runTranscript(markdown: string): Promise<string> {
  return withTempDir(async (root) => {
    const project = join(root, shownHome, 'shop')
    await mkdir(join(root, 'bin'), {recursive: true})
    await mkdir(project, {recursive: true})
    const shim = join(root, 'bin/squizzle')
    await writeFile(shim, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
    await chmod(shim, 0o755)
    const shell = openShell(root, project)
    const parts = markdown.split(block)
    const done: string[] = []
    for (const part of parts) done.push(await playPart(part, project, shell))
    await shell.close()
    // the ledger keeps whom the operating system names
    return done
      .join('')
      .replaceAll(root, '')
      .replaceAll(`${userInfo().username} (postgres)`, 'ada (postgres)')
  })
}

async function playPart(part: string, project: string, shell: Shell): Promise<string> {
  const file = /^<!-- file: (.*) -->\n```\w*\n([\s\S]*)^```$/m.exec(part)
  if (file !== null) {
    const [, path = '', content = ''] = file
    await mkdir(dirname(join(project, path)), {recursive: true})
    await writeFile(join(project, path), content)
    return part
  }
  const [, intro = '', body] = /^(<!-- fails -->\n)?```console\n([\s\S]*)^```$/m.exec(part) ?? []
  if (body === undefined) return part
  const commands = commandsOf(body)
  const lines: string[] = []
  for (const command of commands) {
    const {output, exitCode} = await shell.run(command)
    const fails = intro !== '' && command === commands.at(-1)
    if ((exitCode !== 0) !== fails) {
      throw new Error(`\`${command}\` ended with exit code ${exitCode}:\n${output}`)
    }
    if (lines.length > 0) lines.push('')
    lines.push(`$ ${command}`, ...(output === '' ? [] : output.trimEnd().split('\n')))
  }
  return `${intro}\`\`\`console\n${lines.join('\n')}\n\`\`\``
}

/** The lines behind `$ `; a backslash at the end continues one. */
function commandsOf(text: string): readonly string[] {
  return [...text.matchAll(/^\$ ((?:.*\\\n)*.*)$/gm)].map(([, command = '']) => command)
}

interface Shell {
  run(command: string): Promise<{output: string; exitCode: number}>
  close(): Promise<void>
}

/** A bash that keeps its working folder and variables from command to command. */
function openShell(root: string, project: string): Shell {
  const child = spawn('bash', ['--noprofile', '--norc'], {
    cwd: project,
    env: environment(root),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const ended = once(child, 'close')
  return {
    async run(command) {
      output = ''
      child.stdin.write(`{ ${command}\n} 2>&1 </dev/null; printf '\\n${marker} %s\\n' $?\n`)
      for (;;) {
        const end = new RegExp(`\\n${marker} (\\d+)\\n$`).exec(output)
        if (end !== null) return {output: output.slice(0, end.index), exitCode: Number(end[1])}
        const more = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)])
        if (more === undefined) throw new Error(`the shell ended at \`${command}\`:\n${output}`)
      }
    },
    async close() {
      child.stdin.end()
      await ended
    },
  }
}

/** Plain and the same everywhere: neither colours nor a repository, a user or a clock decide what is shown. */
function environment(root: string): NodeJS.ProcessEnv {
  return {
    PATH: [join(root, 'bin'), dirname(process.execPath), process.env['PATH']].join(':'),
    HOME: join(root, shownHome),
    LC_ALL: 'C.UTF-8',
    USER: 'ada',
    GIT_CEILING_DIRECTORIES: root,
    // 2026-11-23 07:07 UTC
    SOURCE_DATE_EPOCH: '1795417620',
    ...(process.env['TMPDIR'] === undefined ? {} : {TMPDIR: process.env['TMPDIR']}),
  }
}
