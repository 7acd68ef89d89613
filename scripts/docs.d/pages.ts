import {commandsPage} from './commands-page.ts'
import {errorsPage} from './errors-page.ts'
import {ledgerPage} from './ledger-page.ts'

/** Pages that are wholly made from the code, by their paths from the root. */
export const generatedPages: Readonly<Record<string, () => Promise<string> | string>> = {
  'docs/reference/commands.md': commandsPage,
  'docs/reference/errors.md': errorsPage,
  'docs/reference/ledger.md': ledgerPage,
}

/** Pages whose `console` blocks are run, top to bottom, in one new folder. */
export const transcripts = ['README.md', 'docs/getting-started.md'] as const

/** Pages that show whole files of the repository. */
export const pagesWithFiles = ['docs/guides/cicd.md', 'docs/guides/kubernetes.md'] as const
