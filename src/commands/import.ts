import {resolve} from 'node:path'
import {Args, Flags} from '@oclif/core'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {importText} from '../cli/text/archive.ts'
import {importArchives, type ImportResult} from '../operations/import.ts'

export default class Import extends ProjectCommand {
  static override summary = 'Take exported versions into the cache, to push them anywhere.'
  static override description =
    'Each file is read to its end and checked before anything of it is kept. What was imported counts as not pushed yet: `squizzle push` brings it to any storage, and --push does so at once.'
  static override examples = [
    '<%= config.bin %> import backups/squizzle-v1.0.0.tar.gz',
    '<%= config.bin %> import backups/*.tar.gz --push --registry backup.registry.io',
    "<%= config.bin %> import backups/*.tar.gz --push --storage 's3://bucket/prefix?region=eu-central-1'",
  ]
  static override args = {
    file: Args.string({
      required: true,
      description: 'File that `squizzle export` wrote; several may be named.',
    }),
  }
  static override strict = false
  static override flags = {
    push: Flags.boolean({summary: 'Push what was imported, lowest version first.'}),
    ...storageFlags,
  }

  async run(): Promise<ImportResult> {
    const {argv, flags} = await this.parse(Import)
    return this.withProject(flags, {writable: 'required'}, async (project) => {
      if (flags.push) await this.announce(project, 'environment', 'storage')
      const paths = (argv as string[]).map((file) => resolve(project.run.cwd, file))
      const result = await importArchives(project.context, {paths, push: flags.push})
      for (const warning of result.pushed.flatMap(({warnings}) => warnings)) this.warn(warning)
      await this.print(importText(result))
      return result
    })
  }
}
