import {BaseCommand} from '../cli/base-command.ts'
import {init, type InitResult} from '../operations/init.ts'

export default class Init extends BaseCommand {
  static override summary = 'Make this folder a project: configuration and migrations folder.'
  static override description =
    'The configuration keeps artifacts in a local folder and uses the embedded database, so that everything works at once; it has a production environment to fill in.'
  static override examples = ['<%= config.bin %> init']

  async run(): Promise<InitResult> {
    const {flags} = await this.parse(Init)
    const {cwd} = await this.begin(flags)
    const result = await init(cwd)
    const {migrations, format, written} = result
    const found =
      format === undefined ? [] : [`Found migrations in ${migrations} (${format} format)`]
    const next = format === undefined ? 'squizzle new create_users' : 'squizzle build 1.0.0'
    await this.print([...found, `Wrote ${written.join(', ')}`, `Next: ${next}`].join('\n'))
    return result
  }
}
