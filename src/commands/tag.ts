import {Args} from '@oclif/core'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {tag, type TagResult} from '../operations/tag.ts'

export default class Tag extends ProjectCommand {
  static override summary = 'Name a version: staging, production. Nothing is uploaded again.'
  static override examples = [
    '<%= config.bin %> tag 1.0.0 staging',
    '<%= config.bin %> tag staging production',
  ]
  static override args = {
    version: Args.string({required: true, description: 'Version, tag or digest.'}),
    tag: Args.string({required: true, description: 'The new name; it moves where it exists.'}),
  }
  static override flags = storageFlags

  async run(): Promise<TagResult> {
    const {args, flags} = await this.parse(Tag)
    return this.withProject(flags, {writable: 'optional'}, async (project) => {
      await this.announce(project, 'environment', 'storage')
      const result = await tag(project.context, args.version, args.tag)
      const {reference, version, digest, before} = result
      const moved = before === undefined || before === digest ? '' : `; it named ${before}`
      await this.print(`${reference} names ${version} now${moved}\nDigest: ${digest}`)
      return result
    })
  }
}
