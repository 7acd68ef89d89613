import {Flags} from '@oclif/core'
import {parseVersion} from '../artifact/version.ts'
import {authorOf} from '../cli/author.ts'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {runFlags, runSettings} from '../cli/run-flags.ts'
import {rollbackText, stillNamedText} from '../cli/text/rollback.ts'
import {requireDatabase} from '../config/database.ts'
import {rollback, type RollbackResult} from '../operations/rollback.ts'

export default class Rollback extends ProjectCommand {
  static override summary = "Undo a database's newest release, or all above a version."
  static override description =
    'The SQL comes from the artifact that the ledger recorded, else from the newest one that contains the release; never from the migrations folder. Each release is undone with its record in the ledger, newest first; what dies half-way is finished by running the same command again. A release with a migration that has no rollback script, or that a baseline recorded, is refused before anything runs. In scripts use --to: without it, each run undoes one release more.'
  static override examples = [
    '<%= config.bin %> rollback --dry-run',
    '<%= config.bin %> rollback',
    '<%= config.bin %> rollback --to 1.0.0 --env production',
  ]
  static override flags = {
    to: Flags.string({
      summary: 'Undo everything above this version of the database, which stays.',
      helpValue: '<version>',
    }),
    'dry-run': Flags.boolean({summary: 'Show what would be undone; nothing is written.'}),
    offline: Flags.boolean({summary: 'Ask no storage: use what the cache has.'}),
    ...runFlags,
    ...storageFlags,
  }

  async run(): Promise<RollbackResult> {
    const {flags} = await this.parse(Rollback)
    const to = flags.to === undefined ? undefined : parseVersion(flags.to)
    return this.withProject(flags, {writable: 'optional'}, async (project) => {
      const database = {...requireDatabase(project.loaded), ...runSettings(flags)}
      await this.announce(project, 'environment', 'storage', 'database')
      const result = await rollback(project.context, {
        to,
        database,
        author: authorOf(project.run.env, this.config.version),
        dryRun: flags['dry-run'],
        offline: flags.offline,
      })
      if (result.stillNamed) this.warn(stillNamedText(result.stillNamed, result.to))
      await this.print(rollbackText(result))
      return result
    })
  }
}
