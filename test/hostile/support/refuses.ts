import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {withWorld} from '../../support/project.ts'
import type {HostileCase} from './case.ts'
import {meet} from './meet.ts'
import {layOut} from './offer.ts'

/** Declares a test for each case. */
export function refuses(cases: readonly HostileCase[]): void {
  for (const hostile of cases) it(`refuses ${hostile.title}`, () => isRefused(hostile))
}

export async function isRefused({make, ...expected}: HostileCase): Promise<void> {
  await withWorld(async (world) => {
    const root = join(world.artifacts, '..')
    const outside = join(root, 'outside')
    await mkdir(outside)
    await writeFile(join(outside, 'secret'), 'secret')
    const offer = await layOut(make(outside), join(root, 'offer'))
    await meet(world, offer, expected)
  })
}
