import {Flags} from '@oclif/core'

/** Of every command. `SQUIZZLE_ENV` and its like are no business of oclif: the configuration ranks them. */
export const globalFlags = {
  json: Flags.boolean({
    summary: 'Print one JSON document on stdout, and no progress.',
    helpGroup: 'GLOBAL',
  }),
  config: Flags.string({
    summary: 'Configuration file, instead of the nearest squizzle.config.* file.',
    helpGroup: 'GLOBAL',
    helpValue: '<file>',
  }),
  env: Flags.string({
    summary: 'Environment of the configuration, such as production.',
    helpGroup: 'GLOBAL',
    helpValue: '<name>',
  }),
  verbose: Flags.boolean({
    summary: 'Show the causes of an error too.',
    helpGroup: 'GLOBAL',
    exclusive: ['quiet'],
  }),
  quiet: Flags.boolean({
    summary: 'Show no progress; results, warnings and errors only.',
    helpGroup: 'GLOBAL',
  }),
}

/** Of commands that talk to a storage. */
export const storageFlags = {
  registry: Flags.string({
    summary: 'Registry to use instead of the configured one, with or without a path.',
    helpGroup: 'STORAGE',
    helpValue: '<host[/path]>',
    exclusive: ['storage'],
  }),
  storage: Flags.string({
    summary: 'Storage to use instead of the configured one: oci://, s3:// or file:.',
    helpGroup: 'STORAGE',
    helpValue: '<url>',
  }),
  timeout: Flags.integer({
    summary: 'Seconds that a transfer may take.',
    helpGroup: 'STORAGE',
    helpValue: '<seconds>',
    min: 1,
  }),
}
