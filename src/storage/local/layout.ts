import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import * as v from 'valibot'
import {hasErrno, SquizzleError} from '../../errors.ts'
import {explainReadError} from '../../files/read.ts'
import {writeFileWhole} from '../../files/write.ts'
import {parseJson} from '../descriptors.ts'

const markerSchema = v.object({
  imageLayoutVersion: v.pipe(v.string(), v.regex(/^1\./, 'not a version 1 layout')),
})

const marker = 'oci-layout'

/**
 * Tells a layout from a folder that may become one: absent, or with hidden files only.
 * @throws CONFIG_INVALID for any other folder, so that nothing is ever written between somebody's files;
 *   INTEGRITY where `oci-layout` is damaged
 */
export async function isLayout(folder: string): Promise<boolean> {
  if (await hasMarker(folder)) return true
  const stranger = await findStranger(folder)
  if (stranger === undefined) return false
  // made by another process since: the marker comes first, so it is there by now
  if (await hasMarker(folder)) return true
  throw notALayout(folder, `it has ${stranger} but no ${marker}`)
}

async function hasMarker(folder: string): Promise<boolean> {
  const path = join(folder, marker)
  const text = await readText(path)
  if (text === undefined) return false
  parseJson(markerSchema, text, path, 'the marker of an OCI image layout')
  return true
}

async function findStranger(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasErrno(error, 'ENOENT')) return []
    if (hasErrno(error, 'ENOTDIR')) throw notALayout(folder, 'it is not a folder')
    throw explainReadError(error, folder)
  })
  return names.find((name) => !name.startsWith('.'))
}

/**
 * Makes a folder a layout, the marker first: whatever is written next has it beside it.
 * @returns whether it was none, or one that nothing was written to yet
 */
export async function makeLayout(folder: string): Promise<boolean> {
  if (await isLayout(folder)) return (await readdir(folder)).every(isMarkerOrHidden)
  const text = JSON.stringify({imageLayoutVersion: '1.0.0'})
  await writeFileWhole(join(folder, marker), text, {ifAbsent: true})
  return true
}

function isMarkerOrHidden(name: string): boolean {
  return name === marker || name.startsWith('.')
}

/** @returns undefined where there is no such file. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw explainReadError(error, path)
  }
}

function notALayout(folder: string, reason: string): SquizzleError {
  return new SquizzleError('CONFIG_INVALID', `${folder} is not an OCI image layout: ${reason}`, {
    hint: 'Name an empty folder, or one that squizzle or another OCI tool wrote.',
    details: {folder, reason},
  })
}
