import {Args} from '@oclif/core'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {diffText} from '../cli/text/diff.ts'
import {diff, type DiffResult} from '../operations/diff.ts'

export default class Diff extends ProjectCommand {
  static override summary = 'Show the migrations between two versions.'
  static override examples = [
    '<%= config.bin %> diff 1.0.0 1.1.0',
    '<%= config.bin %> diff production staging',
  ]
  static override args = {
    from: Args.string({required: true, description: 'Version, tag or digest.'}),
    to: Args.string({required: true, description: 'Version, tag or digest.'}),
  }
  static override flags = storageFlags

  async run(): Promise<DiffResult> {
    const {args, flags} = await this.parse(Diff)
    return this.withProject(flags, {writable: 'optional'}, async ({context}) => {
      const result = await diff(context, args.from, args.to)
      await this.print(diffText(result))
      return result
    })
  }
}
