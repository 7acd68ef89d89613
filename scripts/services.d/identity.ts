import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'

const hasProc = existsSync('/proc/self/stat')

/**
 * When the process started, which with its id names it for good; undefined when there is no such
 * process. One that ended and waits for its parent counts as gone.
 */
export function identify(pid: number): string | undefined {
  return hasProc ? identifyByProc(pid) : identifyByPs(pid)
}

function identifyByProc(pid: number): string | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // the second field is the program's name in parentheses and may hold anything; see proc(5):
  // after it come the state (field 3) and, as field 22, the start time
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? undefined : fields[19]
}

function identifyByPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {encoding: 'utf8'})
    const [state = '', ...startTime] = line.trim().split(/\s+/)
    return state.startsWith('Z') ? undefined : startTime.join(' ')
  } catch {
    return undefined
  }
}
