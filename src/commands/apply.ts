import {Args, Flags} from '@oclif/core'
import {authorOf} from '../cli/author.ts'
import {runFlags, runSettings} from '../cli/run-flags.ts'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {applyText} from '../cli/text/apply.ts'
import {requireDatabase} from '../config/database.ts'
import {apply, type ApplyResult} from '../operations/apply.ts'

export default class Apply extends ProjectCommand {
  static override summary = 'Bring a database up to a version.'
  static override description =
    'Each release is applied with its record in the ledger, in transactions; what dies half-way is finished by running the same command again.'
  static override examples = [
    '<%= config.bin %> apply 1.0.0',
    '<%= config.bin %> apply --env production --dry-run',
    '<%= config.bin %> apply staging',
    '<%= config.bin %> apply 1.2.0 --verify',
  ]
  static override args = {
    version: Args.string({
      description: "Version, tag or digest; the environment's target, latest, or the highest one.",
    }),
  }
  static override flags = {
    'dry-run': Flags.boolean({summary: 'Show what would be applied; nothing is written.'}),
    'allow-ahead': Flags.boolean({
      summary: 'Be content where the database has all of the artifact, and more.',
    }),
    'allow-nonempty': Flags.boolean({
      summary: 'Apply a first release to a database that has other objects.',
    }),
    verify: Flags.boolean({
      summary: 'Run the verify script of each migration before it counts as done.',
    }),
    offline: Flags.boolean({summary: 'Ask no storage: use what the cache has.'}),
    ...runFlags,
    ...storageFlags,
  }

  async run(): Promise<ApplyResult> {
    const {args, flags} = await this.parse(Apply)
    return this.withProject(flags, {writable: 'optional'}, async (project) => {
      const database = {...requireDatabase(project.loaded), ...runSettings(flags)}
      await this.announce(project, 'environment', 'storage', 'database')
      const result = await apply(project.context, {
        reference: args.version,
        database,
        author: authorOf(project.run.env, this.config.version),
        dryRun: flags['dry-run'],
        allowAhead: flags['allow-ahead'],
        allowNonempty: flags['allow-nonempty'],
        verify: flags.verify,
        offline: flags.offline,
      })
      await this.print(applyText(result))
      return result
    })
  }
}
