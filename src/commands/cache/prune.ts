import {Flags} from '@oclif/core'
import {parseAge} from '../../cli/age.ts'
import {ProjectCommand} from '../../cli/project-command.ts'
import {prunedText} from '../../cli/text/cache.ts'
import {SquizzleError} from '../../errors.ts'
import {pruneCache, type CachePruned} from '../../storage/workspace/prune.ts'

export default class CachePrune extends ProjectCommand {
  static override summary = 'Remove old versions from the cache. Builds that were not pushed stay.'
  static override description =
    'With both flags, a version goes that is neither among the newest nor young. Layers that a version which stays needs are kept; whatever is missing is fetched again.'
  static override examples = [
    '<%= config.bin %> cache prune --keep 3',
    '<%= config.bin %> cache prune --older-than 30d',
  ]
  static override flags = {
    keep: Flags.integer({
      summary: 'How many versions stay, the newest ones.',
      helpValue: '<n>',
      min: 0,
    }),
    'older-than': Flags.string({
      summary: 'Remove what came into the cache longer ago: 90m, 12h, 30d, 8w.',
      helpValue: '<age>',
    }),
  }

  async run(): Promise<CachePruned> {
    const {flags} = await this.parse(CachePrune)
    const {keep, 'older-than': age} = flags
    if (keep === undefined && age === undefined) {
      throw new SquizzleError('USAGE', 'nothing says what may go', {
        hint: 'Add --keep <n>, --older-than <age>, or both; `squizzle cache clear` removes everything.',
      })
    }
    const olderThan = age === undefined ? undefined : parseAge('--older-than', age)
    return this.withProject(flags, {writable: 'required'}, async ({context}) => {
      const result = await pruneCache(context.folder, context.cache, {keep, olderThan})
      await this.print(prunedText(result))
      return result
    })
  }
}
