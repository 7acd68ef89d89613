import {Args, Flags} from '@oclif/core'
import {parseVersion} from '../artifact/version.ts'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {buildText} from '../cli/text/build.ts'
import {sourceDateEpoch} from '../cli/source-date.ts'
import {build, type BuildResult} from '../operations/build.ts'

export default class Build extends ProjectCommand {
  static override summary = 'Pack the migrations that are not yet in a release into one.'
  static override description =
    'The result is an artifact in the cache, not pushed yet. The same migrations on the same base give the same artifact, so a CI job can be run again. What pg_dump writes can be a migration as it is: the rows of COPY ... FROM stdin are taken as psql takes them, \\restrict lines are skipped, every other command of psql is refused.'
  static override examples = [
    '<%= config.bin %> build 1.0.0',
    '<%= config.bin %> build 1.1.0 --dry-run',
    '<%= config.bin %> build 1.2.0 --merge 1.0.1 --notes "Takes in the hotfix"',
  ]
  static override args = {
    version: Args.string({required: true, description: 'Semantic version of the new release.'}),
  }
  static override flags = {
    notes: Flags.string({summary: 'What the release is about.', helpValue: '<text>'}),
    author: Flags.string({summary: 'Who made it.', helpValue: '<name>'}),
    base: Flags.string({
      summary: 'Version to build on, instead of the highest lower stable one.',
      helpValue: '<version>',
    }),
    merge: Flags.string({
      summary: 'Take in the releases of another line, such as a hotfix.',
      helpValue: '<version>',
    }),
    'dry-run': Flags.boolean({summary: 'Show what would be built, and write nothing.'}),
    'allow-empty': Flags.boolean({summary: 'Make a release even where no migration is new.'}),
    'no-parse': Flags.boolean({
      summary: "Pack SQL that PostgreSQL's parser refuses; it is sent whole, in a transaction.",
    }),
    offline: Flags.boolean({summary: 'Ask no storage: build on what the cache knows.'}),
    ...storageFlags,
  }

  async run(): Promise<BuildResult> {
    const {args, flags} = await this.parse(Build)
    const version = parseVersion(args.version)
    return this.withProject(flags, {writable: 'required'}, async (project) => {
      await this.announce(project, 'environment', 'storage')
      const result = await build(project.context, {
        version,
        base: flags.base === undefined ? undefined : parseVersion(flags.base),
        merge: flags.merge === undefined ? undefined : parseVersion(flags.merge),
        notes: flags.notes,
        author: flags.author,
        dryRun: flags['dry-run'],
        allowEmpty: flags['allow-empty'],
        noParse: flags['no-parse'],
        offline: flags.offline,
        sourceDateEpoch: sourceDateEpoch(project.run.env),
        toolVersion: this.config.version,
      })
      for (const warning of result.warnings) this.warn(warning)
      await this.print(buildText(result))
      return result
    })
  }
}
