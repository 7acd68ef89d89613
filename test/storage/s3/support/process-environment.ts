/**
 * Gives this process these variables of AWS and no others while the work lasts, and no files of AWS at home: what
 * somebody's own machine has set must not decide what a test sees.
 */
export async function withProcessEnvironment<T>(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const isOurs = (name: string) => name.startsWith('AWS_')
  const before = Object.entries(process.env).filter(([name]) => isOurs(name))
  const reset = (entries: readonly (readonly [string, string | undefined])[]) => {
    for (const name of Object.keys(process.env).filter(isOurs)) delete process.env[name]
    for (const [name, value] of entries) process.env[name] = value
  }
  reset(Object.entries({...noFiles, ...variables}))
  try {
    return await work()
  } finally {
    reset(before)
  }
}

const noFiles = {
  AWS_CONFIG_FILE: '/nowhere/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
}
