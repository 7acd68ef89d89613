import {Args, Flags} from '@oclif/core'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand, type ProjectFlags} from '../cli/project-command.ts'
import {statusExitCode} from '../cli/status-exit-code.ts'
import {statusText} from '../cli/text/status.ts'
import {requireDatabase} from '../config/database.ts'
import {ledgerDdl, status, type StatusResult} from '../operations/status.ts'

export default class Status extends ProjectCommand {
  static override summary = 'Show what the database has, and what is pending.'
  static override examples = [
    '<%= config.bin %> status',
    '<%= config.bin %> status --env production --exit-code',
  ]
  static override args = {
    version: Args.string({
      description: 'Version, tag or digest to compare with; the one that apply would take.',
    }),
  }
  static override flags = {
    'exit-code': Flags.boolean({
      summary: 'End with 9 where releases are pending, with 5 where the two do not agree.',
    }),
    offline: Flags.boolean({summary: 'Ask no storage: compare with what the cache has.'}),
    'ledger-ddl': Flags.boolean({
      summary: 'Print the SQL that makes the ledger, for a role that may make schemas.',
    }),
    ...storageFlags,
  }

  async run(): Promise<StatusResult | {readonly ddl: readonly string[]}> {
    const {args, flags} = await this.parse(Status)
    if (flags['ledger-ddl']) return this.printLedgerDdl(flags)
    return this.withProject(flags, {writable: 'optional'}, async ({context, loaded}) => {
      const database = requireDatabase(loaded)
      const {offline} = flags
      const result = await status(context, {reference: args.version, database, offline})
      await this.print(statusText(result))
      if (flags['exit-code']) process.exitCode = statusExitCode(result)
      return result
    })
  }

  /** Needs the configuration for the schema's name, and no database. */
  private async printLedgerDdl(flags: ProjectFlags): Promise<{readonly ddl: readonly string[]}> {
    const {settings} = await this.load(await this.begin(flags), flags)
    const ddl = ledgerDdl(settings.database?.schema ?? 'squizzle')
    await this.print(ddl.map((statement) => `${statement};`).join('\n'))
    return {ddl}
  }
}
