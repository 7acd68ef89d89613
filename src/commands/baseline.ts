import {Args, Flags} from '@oclif/core'
import {authorOf} from '../cli/author.ts'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {runFlags, runSettings} from '../cli/run-flags.ts'
import {baselineText} from '../cli/text/baseline.ts'
import {verifiedTable} from '../cli/text/verify.ts'
import {requireDatabase} from '../config/database.ts'
import {baseline, type BaselineResult} from '../operations/baseline.ts'

const {transaction: _, ...waits} = runFlags

export default class Baseline extends ProjectCommand {
  static override summary = 'Adopt a database that has what a version makes already.'
  static override description =
    'Records every release up to the version as applied, without running it, so that apply goes on from there. First the verify scripts of these releases are run, each in a READ ONLY transaction that is rolled back: when one fails, nothing is recorded. Only a ledger without releases takes a baseline. What was recorded so cannot be rolled back: it did not run here.'
  static override examples = [
    '<%= config.bin %> baseline 1.0.0 --dry-run',
    '<%= config.bin %> baseline 1.0.0 --env production',
  ]
  static override args = {
    version: Args.string({required: true, description: 'Version, tag or digest.'}),
  }
  static override flags = {
    'dry-run': Flags.boolean({
      summary: 'Run the verify scripts and show what would be recorded; nothing is written.',
    }),
    offline: Flags.boolean({summary: 'Ask no storage: use what the cache has.'}),
    ...waits,
    ...storageFlags,
  }

  async run(): Promise<BaselineResult> {
    const {args, flags} = await this.parse(Baseline)
    return this.withProject(flags, {writable: 'optional'}, async (project) => {
      const database = {...requireDatabase(project.loaded), ...runSettings(flags)}
      await this.announce(project, 'environment', 'storage', 'database')
      const result = await baseline(
        project.context,
        {
          reference: args.version,
          database,
          author: authorOf(project.run.env, this.config.version),
          dryRun: flags['dry-run'],
          offline: flags.offline,
        },
        async (scripts) => {
          if (scripts.length > 0) await this.print(`${verifiedTable(scripts)}\n`)
        },
      )
      await this.print(baselineText(result))
      return result
    })
  }
}
