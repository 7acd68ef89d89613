import {ProjectCommand} from '../../cli/project-command.ts'
import {storageFlags} from '../../cli/flags.ts'
import {checksText} from '../../cli/text/checks.ts'
import {errorCodes} from '../../errors.ts'
import {validateConfig, type ConfigCheckResult} from '../../operations/config-validate.ts'

export default class ConfigValidate extends ProjectCommand {
  static override summary = 'Check every part of the configuration for real.'
  static override description =
    'Reads the migrations, asks the storage and the database, and says which credentials were used. Nothing that stays is written.'
  static override examples = [
    '<%= config.bin %> config validate',
    '<%= config.bin %> config validate --env production',
  ]
  static override flags = storageFlags

  async run(): Promise<ConfigCheckResult> {
    const {flags} = await this.parse(ConfigValidate)
    return this.withProject(flags, {writable: 'optional'}, async ({context, loaded}) => {
      const {settings, databaseHint} = loaded
      const result = await validateConfig(context, {database: settings.database, databaseHint})
      await this.print(checksText(result.checks))
      if (!result.ok) process.exitCode = errorCodes.CONFIG_INVALID.exit
      return result
    })
  }
}
