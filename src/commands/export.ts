import {resolve} from 'node:path'
import {Args, Flags} from '@oclif/core'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {exportText} from '../cli/text/archive.ts'
import {SquizzleError} from '../errors.ts'
import {exportVersions, type ExportResult} from '../operations/export.ts'

export default class Export extends ProjectCommand {
  static override summary = 'Write versions to files, each of which restores alone.'
  static override description =
    'A file squizzle-v1.0.0.tar.gz holds the version with the layers of all releases up to it, as a gzipped tar of an OCI image layout: `squizzle import` takes it back, and gunzipped any OCI tool reads it. The same version gives the same bytes. A file that holds the version already is checked and left as it is; any other in its place is kept, unless --force.'
  static override examples = [
    '<%= config.bin %> export 1.0.0 --output backups/',
    '<%= config.bin %> export --all --output backups/',
    '<%= config.bin %> export production',
  ]
  static override args = {
    version: Args.string({
      description: "Version, tag or digest; the environment's target, latest, or the highest one.",
    }),
  }
  static override flags = {
    all: Flags.boolean({
      summary: 'Every version of the storage, and the builds that were not pushed.',
    }),
    output: Flags.string({
      summary: 'Folder for the files.',
      helpValue: '<folder>',
      default: '.',
    }),
    force: Flags.boolean({summary: 'Replace a file that is something else.'}),
    ...storageFlags,
  }

  async run(): Promise<ExportResult> {
    const {args, flags} = await this.parse(Export)
    const {all, force, output} = flags
    if (all && args.version !== undefined) {
      throw new SquizzleError('USAGE', `--all and ${args.version} exclude each other`, {
        hint: 'Name one version, or use --all.',
      })
    }
    return this.withProject(flags, {writable: 'optional'}, async (project) => {
      await this.announce(project, 'environment', 'storage')
      const folder = resolve(project.run.cwd, output)
      const input = {reference: args.version, all, output: folder, force}
      const result = await exportVersions(project.context, input)
      await this.print(exportText(result))
      return result
    })
  }
}
