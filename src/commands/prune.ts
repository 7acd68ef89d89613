import {Flags} from '@oclif/core'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {pruneText} from '../cli/text/prune.ts'
import {prune, type PruneResult} from '../operations/prune.ts'

export default class Prune extends ProjectCommand {
  static override summary = 'Remove old versions from the storage.'
  static override description =
    'Never a version that another tag names, nor one whose SQL no newer version contains: every artifact refers to the layers of all releases before it.'
  static override examples = [
    '<%= config.bin %> prune --keep 10 --dry-run',
    '<%= config.bin %> prune --keep 10',
    '<%= config.bin %> prune --keep 10 --blobs',
  ]
  static override flags = {
    keep: Flags.integer({
      summary: 'How many versions stay, the newest ones.',
      helpValue: '<n>',
      required: true,
      min: 1,
    }),
    blobs: Flags.boolean({
      summary:
        'Remove blobs too that nothing refers to, and that are older than 24 hours (S3, local).',
    }),
    'dry-run': Flags.boolean({summary: 'Show what would be removed, and remove nothing.'}),
    ...storageFlags,
  }

  async run(): Promise<PruneResult> {
    const {flags} = await this.parse(Prune)
    return this.withProject(flags, {writable: 'optional'}, async (project) => {
      await this.announce(project, 'environment', 'storage')
      const result = await prune(project.context, {
        keep: flags.keep,
        dryRun: flags['dry-run'],
        blobs: flags.blobs,
      })
      await this.print(pruneText(result))
      return result
    })
  }
}
