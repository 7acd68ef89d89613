import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmod, mkdir, writeFile} from 'node:fs/promises'
import {delimiter, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {withTempDir} from '../../src/files/temp.ts'
import {run} from '../support/run.ts'
import {describeWith, tool} from '../support/services.ts'
import {plainEnv, squizzle} from './program.ts'
import {pseudoTerminal} from './terminal.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** The completion script for a shell, as the built program prints it. */
async function scriptFor(shell: string): Promise<string> {
  const {exitCode, stdout, stderr} = await squizzle(['completion', shell], {script: bin})
  assert.equal(exitCode, 0, stderr)
  return stdout
}

/** Types a line into an interactive shell on a terminal; what came of it shows when it runs. */
async function type(
  shell: readonly string[],
  folder: string,
  setup: string,
  lines: readonly string[],
): Promise<readonly string[]> {
  const path = `${folder}/bin${delimiter}${process.env['PATH']}`
  const command = `stty cols 200 rows 50; exec ${shell.join(' ')}`
  const child = spawn(pseudoTerminal, ['-qefc', command, '/dev/null'], {
    cwd: folder,
    env: plainEnv({TERM: 'dumb', HOME: folder, PATH: path}),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const ended = once(child, 'close')
  const ran = () => [...output.matchAll(/ran\[(.*?)\]/g)].map(([, args = '']) => args)
  // typed in one go: a terminal keeps the keys until the shell reads them
  child.stdin.write(`${setup}\r${lines.join('\r')}\r`)
  while (ran().length < lines.length) {
    const more = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)])
    assert.ok(more, `the shell ended early:\n${output}`)
  }
  child.stdin.end('exit\r')
  await ended
  return ran()
}

/** A folder with the script for a shell, and a `squizzle` on its PATH that says how it was called. */
async function withScript(
  shell: string,
  story: (folder: string, file: string) => Promise<void>,
): Promise<void> {
  await withTempDir(async (folder) => {
    const file = join(folder, `squizzle.${shell}`)
    await writeFile(file, await scriptFor(shell))
    await mkdir(join(folder, 'bin'))
    await writeFile(join(folder, 'bin/squizzle'), '#!/bin/sh\necho "ran[$*]"\n')
    await chmod(join(folder, 'bin/squizzle'), 0o755)
    await writeFile(join(folder, 'unmistakable.json'), '{}')
    await story(folder, file)
  })
}

/** What a person types, and what the shell must make of it. */
const typed = {
  'squizzle appl\t--dry\t--transaction mig\t': 'apply --dry-run --transaction migration',
  'squizzle apply 1.0.0 --config unmis\t': 'apply 1.0.0 --config unmistakable.json',
  'squizzle cache cle\t--forc\t': 'cache clear --force',
  'squizzle completion powe\t': 'completion powershell',
}

describe('completion', () => {
  it('completes commands, flags, values and files in bash', () =>
    withScript('bash', async (folder, file) => {
      const lines = {...typed, 'squizzle apply --transaction=rel\t': 'apply --transaction=release'}
      const ran = await type(
        ['bash', '--norc', '--noprofile', '-i'],
        folder,
        `source '${file}'`,
        Object.keys(lines),
      )
      assert.deepEqual(ran, Object.values(lines))
    })).timeout(120_000)

  it('offers in bash what there is to choose from', () =>
    withScript('bash', async (folder, file) => {
      const ask = `source '${file}'; COMP_WORDS=(squizzle cache ''); COMP_CWORD=2; _squizzle; printf '%s\\n' "\${COMPREPLY[@]}"`
      const {stdout, stderr} = await run('bash', ['-c', ask], {cwd: folder})
      assert.equal(stderr, '')
      const words = stdout.trim().split('\n')
      assert.ok(words.includes('clear') && words.includes('size'), stdout)
      assert.ok(!words.includes('apply'), 'a command of another topic')
    }))

  it('has a script for PowerShell with every command', async () => {
    const script = await scriptFor('powershell')
    const {stdout} = await squizzle(['--help'], {script: bin})
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) {2}/gm)].map(([, name]) => name)
    assert.ok(commands.length > 10, stdout)
    for (const name of commands) assert.ok(script.includes(`'${name}'`), name)
  })

  it('refuses another shell and names those it knows', async () => {
    const {exitCode, stderr} = await squizzle(['completion', 'tcsh'], {script: bin})
    assert.equal(exitCode, 2)
    assert.match(stderr, /^Error: .*tcsh.*bash, fish, powershell, zsh|bash, zsh, fish, powershell/s)
  })
})

describeWith(['zsh'], 'completion in zsh', () => {
  it('completes commands, flags, values and files', () =>
    withScript('zsh', async (folder, file) => {
      const setup = `autoload -Uz compinit; compinit -D -u; source '${file}'`
      const ran = await type([tool('zsh'), '-f', '-i'], folder, setup, Object.keys(typed))
      assert.deepEqual(ran, Object.values(typed))
    })).timeout(120_000)

  it('works from a folder of fpath', () =>
    withScript('zsh', async (folder) => {
      await mkdir(join(folder, 'functions'))
      await writeFile(join(folder, 'functions/_squizzle'), await scriptFor('zsh'))
      const setup = `fpath=('${folder}/functions' $fpath); autoload -Uz compinit; compinit -D -u`
      const ran = await type([tool('zsh'), '-f', '-i'], folder, setup, ['squizzle stat\t'])
      assert.deepEqual(ran, ['status'])
    })).timeout(120_000)
})

describeWith(['fish'], 'completion in fish', () => {
  it('completes commands, flags and values, with what they are', () =>
    withScript('fish', async (folder, file) => {
      const ask = async (line: string) => {
        const {stdout, stderr} = await run(
          tool('fish'),
          ['--no-config', '-c', `source '${file}'; complete -C '${line}'`],
          {
            cwd: folder,
            env: plainEnv({HOME: folder, PATH: `${folder}/bin${delimiter}${process.env['PATH']}`}),
          },
        )
        assert.equal(stderr, '')
        return stdout
          .trim()
          .split('\n')
          .map((row) => row.split('\t')[0])
      }
      assert.deepEqual(await ask('squizzle appl'), ['apply'])
      assert.deepEqual(await ask('squizzle apply --dry'), ['--dry-run'])
      assert.deepEqual(
        new Set(await ask('squizzle apply --transaction ')),
        new Set(['migration', 'release']),
      )
      assert.deepEqual(await ask('squizzle cache cle'), ['clear'])
      assert.deepEqual(await ask('squizzle completion powe'), ['powershell'])
      assert.ok((await ask('squizzle apply --config unmis')).includes('unmistakable.json'))
      assert.deepEqual(await ask('squizzle tag appl'), [''], 'a command where an argument stands')
    })).timeout(120_000)
})
