import {ProjectCommand} from '../../cli/project-command.ts'
import {sizeText} from '../../cli/text/cache.ts'
import {cacheSize, type CacheSize} from '../../storage/workspace/size.ts'

export default class CacheSizeCommand extends ProjectCommand {
  static override summary = 'Show how much the cache holds.'
  static override examples = ['<%= config.bin %> cache size']

  async run(): Promise<CacheSize & {readonly folder: string}> {
    const {flags} = await this.parse(CacheSizeCommand)
    return this.withProject(flags, {writable: 'optional'}, async ({context}) => {
      const {folder} = context.cache
      const result = {...(await cacheSize(context.cache)), folder}
      await this.print(sizeText(result))
      return result
    })
  }
}
