import {Args, Flags} from '@oclif/core'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand, type ProjectFlags} from '../cli/project-command.ts'
import {statusExitCode} from '../cli/status-exit-code.ts'
import {ledgerScriptText, requireText, statusText} from '../cli/text/status.ts'
import {requireDatabase} from '../config/database.ts'
import {SquizzleError} from '../errors.ts'
import {ledgerScript, type LedgerScript} from '../operations/ledger-ddl.ts'
import {requireRelease, type RequireResult} from '../operations/require-release.ts'
import {status, type StatusResult} from '../operations/status.ts'

export default class Status extends ProjectCommand {
  static override summary = 'Show what the database has, and what is pending.'
  static override examples = [
    '<%= config.bin %> status',
    '<%= config.bin %> status --env production --exit-code',
    '<%= config.bin %> status --require 1.2.0 --wait 300',
    '<%= config.bin %> status --ledger-ddl | psql --single-transaction',
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
    require: Flags.string({
      summary: 'End with 0 only where the database has this release, else with 9.',
      description:
        'For an init container: the application starts once the schema is there. A version is looked up in the database alone, without a storage; a tag or a digest means all releases of that artifact.',
      helpValue: '<version>',
      exclusive: ['exit-code', 'ledger-ddl'],
    }),
    wait: Flags.integer({
      summary: 'Seconds to wait for the required release, also while the database is unreachable.',
      helpValue: '<seconds>',
      dependsOn: ['require'],
      min: 0,
    }),
    offline: Flags.boolean({summary: 'Ask no storage: compare with what the cache has.'}),
    'ledger-ddl': Flags.boolean({
      summary: 'Print the SQL that makes the ledger, for a role that may make schemas to run.',
      description: 'The role of the database URL is granted what it needs to apply, and no more.',
    }),
    ...storageFlags,
  }

  async run(): Promise<StatusResult | RequireResult | LedgerScript> {
    const {args, flags} = await this.parse(Status)
    if (flags['ledger-ddl']) return this.printLedgerDdl(flags)
    return this.withProject(flags, {writable: 'optional'}, async ({context, loaded}) => {
      const database = requireDatabase(loaded)
      const {offline, require: reference, wait = 0} = flags
      if (reference !== undefined) {
        refuseTwo(args.version)
        const found = await requireRelease(context, {reference, database, wait, offline})
        await this.print(requireText(found))
        return found
      }
      const result = await status(context, {reference: args.version, database, offline})
      await this.print(statusText(result))
      if (flags['exit-code']) process.exitCode = statusExitCode(result)
      return result
    })
  }

  /** Needs the configuration for the names of schema and role, and no database. */
  private async printLedgerDdl(flags: ProjectFlags): Promise<LedgerScript> {
    const {settings} = await this.load(await this.begin(flags), flags)
    const script = ledgerScript(settings.database ?? {})
    await this.print(ledgerScriptText(script))
    return script
  }
}

function refuseTwo(version: string | undefined): void {
  if (version === undefined) return
  throw new SquizzleError('USAGE', 'a version is named twice: by --require and beside it', {
    hint: 'Name it by --require alone.',
  })
}
