import {Args, Flags} from '@oclif/core'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {pushText} from '../cli/text/push.ts'
import {push, type PushResult} from '../operations/push.ts'

export default class Push extends ProjectCommand {
  static override summary = 'Upload a version, only what the storage lacks.'
  static override examples = [
    '<%= config.bin %> push 1.0.0',
    '<%= config.bin %> push 1.0.0 --tag staging',
    '<%= config.bin %> push 1.0.0 --registry backup.registry.io',
  ]
  static override args = {
    version: Args.string({required: true, description: 'Version, tag or digest.'}),
  }
  static override flags = {
    tag: Flags.string({
      summary: 'A tag to set in addition to the version; may be given several times.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<tag>',
    }),
    force: Flags.boolean({
      summary: 'Replace other content under this version, unless a later version is built on it.',
    }),
    ...storageFlags,
  }

  async run(): Promise<PushResult> {
    const {args, flags} = await this.parse(Push)
    return this.withProject(flags, {writable: 'optional'}, async (project) => {
      await this.announce(project, 'environment', 'storage')
      const {tag: tags = [], force} = flags
      const result = await push(project.context, {reference: args.version, tags, force})
      for (const warning of result.warnings) this.warn(warning)
      await this.print(pushText(result))
      return result
    })
  }
}
