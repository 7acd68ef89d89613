import {ProjectCommand} from '../../cli/project-command.ts'
import {storageFlags} from '../../cli/flags.ts'
import {table} from '../../cli/display/table.ts'
import type {ConfigValue} from '../../config/settings.ts'

export default class ConfigShow extends ProjectCommand {
  static override summary = 'Show the effective configuration and where each value comes from.'
  static override examples = [
    '<%= config.bin %> config show',
    '<%= config.bin %> config show --env production --json',
  ]
  static override flags = storageFlags

  async run(): Promise<{readonly values: readonly ConfigValue[]}> {
    const {flags} = await this.parse(ConfigShow)
    const {values} = await this.load(await this.begin(flags), flags)
    await this.print(
      table(values, [
        {heading: 'key', value: ({path}) => path},
        {heading: 'value', value: ({value}) => text(value)},
        {heading: 'from', value: ({origin}) => origin},
      ]),
    )
    return {values}
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
