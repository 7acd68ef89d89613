import {Args} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {completionTree, type Node} from '../cli/completion/model.ts'

const shells: Readonly<Record<string, () => Promise<(root: Node) => string>>> = {
  bash: async () => (await import('../cli/completion/bash.ts')).bashScript,
  zsh: async () => (await import('../cli/completion/zsh.ts')).zshScript,
  fish: async () => (await import('../cli/completion/fish.ts')).fishScript,
  powershell: async () => (await import('../cli/completion/powershell.ts')).powershellScript,
}

interface CompletionResult {
  readonly shell: string
  readonly script: string
}

export default class Completion extends BaseCommand {
  static override summary = 'Print the completion script for a shell.'
  static override description = `It knows the commands and flags of this squizzle and of the plugins installed now: print it again after an update.

bash: source <(squizzle completion bash)
zsh: squizzle completion zsh > "\${fpath[1]}/_squizzle"
fish: squizzle completion fish > ~/.config/fish/completions/squizzle.fish
PowerShell (generated as the others are, but tried in no PowerShell yet): squizzle completion powershell | Out-String | Invoke-Expression`
  static override examples = [
    '<%= config.bin %> completion bash > ~/.local/share/bash-completion/completions/squizzle',
    '<%= config.bin %> completion fish',
  ]
  static override args = {
    shell: Args.string({
      description: 'bash, zsh, fish or powershell.',
      options: Object.keys(shells),
      required: true,
    }),
  }

  async run(): Promise<CompletionResult> {
    const {args, flags} = await this.parse(Completion)
    await this.begin(flags)
    const write = await shells[args.shell]?.()
    const script = write?.(completionTree(this.config)) ?? ''
    await this.print(script.trimEnd())
    return {shell: args.shell, script}
  }
}
