import {randomUUID} from 'node:crypto'
import {readFile, readlink} from 'node:fs/promises'
import {hostname} from 'node:os'
import {hasErrno} from '../errors.ts'

/** Who holds a lock file. */
export interface LockHolder {
  readonly id: string
  readonly pid: number
  /** Tells a process from a later one with its number; empty where the system doesn't say. */
  readonly born: string
  /** Host and process namespace: only there does the process number mean anything. */
  readonly machine: string
  readonly since: string
}

export async function thisHolder(): Promise<LockHolder> {
  const {born} = await statOf(process.pid)
  return {
    id: randomUUID(),
    pid: process.pid,
    born,
    machine: `${hostname()} ${await readlink('/proc/self/ns/pid').catch(() => '')}`.trim(),
    since: new Date().toISOString(),
  }
}

/** Whether the holder's process has ended; false wherever that can't be told for certain. */
export async function hasEnded(holder: LockHolder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // EPERM: a process of that number lives and is another user's
    if (hasErrno(error, 'ESRCH')) return true
  }
  const {state, born} = await statOf(holder.pid)
  // a container without an init process never reaps its killed children
  if (state === 'Z' || state === 'X') return true
  return born !== '' && holder.born !== '' && born !== holder.born
}

/** State letter and start time in clock ticks since boot: fields 3 and 22 of Linux's /proc/<pid>/stat. */
async function statOf(pid: number): Promise<{state: string; born: string}> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // the name in field 2 may hold anything, parentheses too
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {state: fields[0] ?? '', born: fields[19] ?? ''}
}

export function parseHolder(text: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isHolder(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isHolder(value: unknown): value is LockHolder {
  if (typeof value !== 'object' || value === null) return false
  const {id, pid, born, machine, since} = value as Record<keyof LockHolder, unknown>
  return [id, born, machine, since].every((one) => typeof one === 'string') && Number.isInteger(pid)
}
