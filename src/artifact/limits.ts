/** What a reader takes before it looks closer; a hostile artifact may claim anything. All in bytes. */
export const limits = {
  /** Every registry takes a manifest up to this; beyond it most refuse (OCI distribution specification). */
  manifest: 4 * 1024 * 1024,
  /** Thousands of releases: about 1 kB each. */
  config: 16 * 1024 * 1024,
  /** One release, uncompressed: far above any schema's history, far below memory. */
  layer: 512 * 1024 * 1024,
} as const
