import {Flags} from '@oclif/core'
import {ProjectCommand} from '../../cli/project-command.ts'
import {clearText} from '../../cli/text/cache.ts'
import {clearCache, type Cleared} from '../../storage/workspace/clear.ts'

export default class CacheClear extends ProjectCommand {
  static override summary = 'Empty the cache. Builds that were not pushed stay.'
  static override examples = ['<%= config.bin %> cache clear']
  static override flags = {
    force: Flags.boolean({summary: 'Drop builds too that were pushed nowhere.'}),
  }

  async run(): Promise<Cleared> {
    const {flags} = await this.parse(CacheClear)
    return this.withProject(flags, {writable: 'required'}, async ({context}) => {
      const result = await clearCache(context.folder, context.cache, {force: flags.force})
      await this.print(clearText(result))
      return result
    })
  }
}
