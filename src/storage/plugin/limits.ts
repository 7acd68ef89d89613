/** Milliseconds that a plugin's code may take before it is given up; squizzle goes on without it. */
export interface PluginLimits {
  /** To say which storages it brings. */
  readonly hook: number
  /** To open a storage, which asks nobody yet. */
  readonly open: number
  /** Of a method, without any progress: a slow uplink needs minutes for a large layer. */
  readonly silence: number
  /** To end after it was told to stop: by Ctrl-C, or by its own time limit. */
  readonly grace: number
}

export const pluginLimits: PluginLimits = {
  hook: 5_000,
  open: 30_000,
  silence: 600_000,
  grace: 5_000,
}
