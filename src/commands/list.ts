import {Flags} from '@oclif/core'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {listText} from '../cli/text/list.ts'
import {list, type ListResult} from '../operations/list.ts'

export default class List extends ProjectCommand {
  static override summary = 'List the versions in the storage, newest first.'
  static override examples = ['<%= config.bin %> list', '<%= config.bin %> list --tags --json']
  static override flags = {
    tags: Flags.boolean({summary: 'Ask what each tag names: one question for each.'}),
    ...storageFlags,
  }

  async run(): Promise<ListResult> {
    const {flags} = await this.parse(List)
    return this.withProject(flags, {writable: 'optional'}, async ({context}) => {
      const result = await list(context, {tags: flags.tags})
      await this.print(listText(result))
      return result
    })
  }
}
