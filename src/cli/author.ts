import {hostname, userInfo} from 'node:os'
import type {Author} from '../database/apply/options.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Variables in which CI systems give the address of the running job. */
const runUrls = [
  'CI_JOB_URL',
  'BUILD_URL',
  'CIRCLE_BUILD_URL',
  'BUILDKITE_BUILD_URL',
  'BITBUCKET_PIPELINE_URL',
]

/** Who runs this, as the ledger keeps it: the CI job's address, else the operating system's user. */
export function authorOf(env: Environment, toolVersion: string): Author {
  return {by: ciRun(env) ?? systemUser(), host: hostname(), toolVersion}
}

function ciRun(env: Environment): string | undefined {
  const {GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run} = env
  if (server && repository && run) return `${server}/${repository}/actions/runs/${run}`
  return runUrls.map((name) => env[name]).find((url) => url !== undefined && url !== '')
}

/** A container may run as a number that no user has. */
function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
