import {migrationLabel} from '../artifact/release.ts'
import {SquizzleError} from '../errors.ts'
import type {Base} from './build-base.ts'
import type {EditedMigration} from './build-plan.ts'
import {pullHolders, withLayer} from './layers.ts'
import type {Context} from './context.ts'

/** Lines of the difference that are shown: what is longer is not read on a terminal anyway. */
const shownLines = 40

/** Names every released file that was edited, with the first one's difference. */
export async function editedError(
  context: Context,
  base: Base,
  edited: readonly [EditedMigration, ...EditedMigration[]],
): Promise<SquizzleError> {
  const [{now, released}] = edited
  const label = migrationLabel(released.release.version, released.migration.name)
  const others = edited.length > 1 ? `, and ${edited.length - 1} more` : ''
  const changed =
    released.migration.kind === now.kind
      ? 'was edited after its release'
      : `was released as ${released.migration.kind} and is ${now.kind} now`
  return new SquizzleError(
    'RELEASED_FILE_EDITED',
    `${now.forward.file} (${label}) ${changed}${others}`,
    {
      hint: 'Restore the file and write the change as a new migration: databases have run the released text.',
      details: {
        files: edited.map((one) => ({
          file: one.now.forward.file,
          release: one.released.release.version,
          migration: one.released.migration.name,
        })),
        excerpt: await difference(context, base, edited[0]),
      },
    },
  )
}

async function difference(
  context: Context,
  base: Base,
  {now, released}: EditedMigration,
): Promise<string> {
  const {createTwoFilesPatch, FILE_HEADERS_ONLY} = await import('diff')
  const {path} = released.migration.forward
  const bytes = await withLayer(
    context,
    released.release,
    (layer) => layer.read(path),
    () => pullHolders(context, base.holders),
  )
  const before = bytes.toString('utf8')
  const after = Buffer.from((await now.forward.analyzed()).sql).toString('utf8')
  const patch = createTwoFilesPatch(
    migrationLabel(released.release.version, path),
    now.forward.file,
    before,
    after,
    undefined,
    undefined,
    {context: 2, headerOptions: FILE_HEADERS_ONLY},
  )
  const lines = patch.trimEnd().split('\n')
  const rest = lines.length - shownLines
  return [...lines.slice(0, shownLines), ...(rest > 0 ? [`... ${rest} more lines`] : [])].join('\n')
}
