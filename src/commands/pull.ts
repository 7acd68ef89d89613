import {resolve} from 'node:path'
import {Args, Flags} from '@oclif/core'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {pullText} from '../cli/text/push.ts'
import {pull, type PullResult} from '../operations/pull.ts'

export default class Pull extends ProjectCommand {
  static override summary = 'Download a version into the cache, only what it lacks.'
  static override examples = [
    '<%= config.bin %> pull 1.0.0',
    '<%= config.bin %> pull production --timeout 300',
    '<%= config.bin %> pull 1.0.0 --output sql/',
  ]
  static override args = {
    version: Args.string({
      description: "Version, tag or digest; the environment's target, latest, or the highest one.",
    }),
  }
  static override flags = {
    output: Flags.string({
      summary: 'Folder for the SQL of all its releases, to read.',
      helpValue: '<folder>',
    }),
    ...storageFlags,
  }

  async run(): Promise<PullResult> {
    const {args, flags} = await this.parse(Pull)
    return this.withProject(flags, {writable: 'required'}, async (project) => {
      await this.announce(project, 'environment', 'storage')
      const output = flags.output === undefined ? undefined : resolve(project.run.cwd, flags.output)
      const result = await pull(project.context, {reference: args.version, output})
      await this.print(pullText(result))
      return result
    })
  }
}
