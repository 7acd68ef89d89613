import {Args, Flags} from '@oclif/core'
import {parseVersion} from '../artifact/version.ts'
import {authorOf} from '../cli/author.ts'
import {storageFlags} from '../cli/flags.ts'
import {ProjectCommand} from '../cli/project-command.ts'
import {resolveText} from '../cli/text/resolve.ts'
import {requireDatabase} from '../config/database.ts'
import {SquizzleError} from '../errors.ts'
import {resolve, type ResolveResult} from '../operations/resolve.ts'

export default class Resolve extends ProjectCommand {
  static override summary = "Record a person's word on a statement whose outcome is not known."
  static override description =
    'Where a run died within a statement outside transactions, and the catalogue cannot tell whether it was done, apply and rollback end with 5 and name this command. Look at the database first: this runs no SQL of the migration, it only writes to the ledger what you found, with your reason and your name.'
  static override examples = [
    '<%= config.bin %> resolve 1.1.0/0004_backfill --applied --reason "all rows have the new column, checked by hand"',
    '<%= config.bin %> resolve 1.1.0/0004_backfill --pending --reason "the procedure had not begun" --env production',
  ]
  static override args = {
    migration: Args.string({
      required: true,
      description: 'Release and migration, as the error names them: 1.1.0/0004_backfill.',
    }),
  }
  static override flags = {
    applied: Flags.boolean({
      summary: 'The statement was done: the next run goes on after it.',
      exactlyOne: ['applied', 'pending'],
    }),
    pending: Flags.boolean({
      summary: 'It was not, or was taken back: the next run sends it again.',
    }),
    reason: Flags.string({
      summary: 'Why you are sure, kept in the ledger.',
      helpValue: '<text>',
      required: true,
    }),
    offline: Flags.boolean({summary: 'Ask no storage: use what the cache has.'}),
    ...storageFlags,
  }

  async run(): Promise<ResolveResult> {
    const {args, flags} = await this.parse(Resolve)
    const {release, migration} = parseLabel(args.migration)
    const reason = parseReason(flags.reason)
    return this.withProject(flags, {writable: 'optional'}, async (project) => {
      const database = requireDatabase(project.loaded)
      await this.announce(project, 'environment', 'storage', 'database')
      const result = await resolve(project.context, {
        release,
        migration,
        verdict: flags.applied ? 'applied' : 'pending',
        reason,
        database,
        author: authorOf(project.run.env, this.config.version),
        offline: flags.offline,
      })
      await this.print(resolveText(result))
      return result
    })
  }
}

/** @throws USAGE, VERSION_INVALID */
function parseLabel(label: string) {
  const slash = label.indexOf('/')
  if (slash < 1 || slash === label.length - 1) {
    throw new SquizzleError('USAGE', `${JSON.stringify(label)} names no migration of a release`, {
      hint: 'Write release and migration as the error and `squizzle status` do: 1.1.0/0004_backfill.',
    })
  }
  return {release: parseVersion(label.slice(0, slash)), migration: label.slice(slash + 1)}
}

/** @throws USAGE for one that says nothing */
function parseReason(text: string): string {
  const reason = text.trim()
  if (reason !== '') return reason
  throw new SquizzleError('USAGE', '--reason is empty', {
    hint: 'Say what you saw: whoever reads the ledger later has nothing else.',
  })
}
