import {relative} from 'node:path'
import {Args} from '@oclif/core'
import {ProjectCommand} from '../cli/project-command.ts'
import {newMigration, type NewMigrationResult} from '../operations/new-migration.ts'

export default class New extends ProjectCommand {
  static override summary = 'Make a new, empty migration with its rollback file.'
  static override examples = ['<%= config.bin %> new add_orders']
  static override args = {
    name: Args.string({required: true, description: 'What it does, as in add_orders.'}),
  }

  async run(): Promise<NewMigrationResult> {
    const {args, flags} = await this.parse(New)
    const run = await this.begin(flags)
    const {settings} = await this.load(run, flags)
    const result = await newMigration(settings.migrations.path, args.name, new Date())
    await this.print(result.files.map((file) => relative(run.cwd, file)).join('\n'))
    return result
  }
}
