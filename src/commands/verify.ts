import {Args, Flags} from '@oclif/core'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {verifyText} from '../cli/text/verify.ts'
import {verify, type VerifyResult} from '../operations/verify.ts'

export default class Verify extends ProjectCommand {
  static override summary = 'Check an artifact, and a database against it.'
  static override description =
    'Reads manifest, config and every layer of the artifact and holds them against their digests. Where a database is configured, the ledger is compared with the artifact as apply does, and the verify scripts of all applied releases are run, each in a READ ONLY transaction that is rolled back: a script fails when a statement of it raises an error. Nothing is written: a role that may only read is enough, as is a standby.'
  static override examples = [
    '<%= config.bin %> verify',
    '<%= config.bin %> verify 1.0.0 --json',
    '<%= config.bin %> verify --env production',
  ]
  static override args = {
    version: Args.string({
      description: "Version, tag or digest; the environment's target, latest, or the highest one.",
    }),
  }
  static override flags = {
    offline: Flags.boolean({summary: 'Ask no storage: use what the cache has.'}),
    ...storageFlags,
  }

  async run(): Promise<VerifyResult> {
    const {args, flags} = await this.parse(Verify)
    return this.withProject(flags, {writable: 'optional'}, async ({context, loaded}) => {
      const {database} = loaded.settings
      return verify(
        context,
        {reference: args.version, database, offline: flags.offline},
        (result) => this.print(verifyText(result)),
      )
    })
  }
}
