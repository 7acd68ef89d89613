import {Args} from '@oclif/core'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {showText} from '../cli/text/show.ts'
import {show, type ShowResult} from '../operations/show.ts'

export default class Show extends ProjectCommand {
  static override summary = 'Show one artifact: digest, releases, migrations, annotations.'
  static override examples = [
    '<%= config.bin %> show 1.0.0',
    '<%= config.bin %> show production --json',
  ]
  static override args = {
    version: Args.string({
      description: "Version, tag or digest; the environment's target, latest, or the highest one.",
    }),
  }
  static override flags = storageFlags

  async run(): Promise<ShowResult> {
    const {args, flags} = await this.parse(Show)
    return this.withProject(flags, {writable: 'optional'}, async ({context}) => {
      const result = await show(context, args.version)
      await this.print(showText(result))
      return result
    })
  }
}
