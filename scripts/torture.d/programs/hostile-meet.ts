import {join} from 'node:path'
import type {ErrorCode} from '../../../src/errors.ts'
import {isRefused} from '../../../test/hostile/support/refuses.ts'
import {meet} from '../../../test/hostile/support/meet.ts'
import type {Offer} from '../../../test/hostile/support/offer.ts'
import {corpus} from '../../../test/hostile/corpus.ts'
import {withWorld} from '../../../test/support/project.ts'

/** A bomb on disk, or the name of a class whose cases this process makes itself. */
type Job = {readonly class: keyof typeof corpus} | {readonly offer: Offer; readonly code: ErrorCode}

// Meets hostile files, and prints a line for each: what was wrong with how it was refused, and the milliseconds it took.
const job: Job = JSON.parse(process.argv[2] ?? '')
if ('offer' in job)
  await told(join(job.offer.archive, '..'), () => withWorld((world) => meet(world, job.offer, job)))
else for (const one of corpus[job.class]) await told(one.title, () => isRefused(one))
// kilobytes, also on macOS: libuv makes them so
print({peak: process.resourceUsage().maxRSS * 1024})

async function told(title: string, work: () => Promise<void>): Promise<void> {
  const began = performance.now()
  const fault = await work().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  print({title, milliseconds: performance.now() - began, fault})
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
