/**
 * What a reader takes before it looks closer; a hostile artifact may claim anything. Sizes are in bytes. With these,
 * and with each size known before its bytes are read, no time limit is needed: there is only so much to read.
 */
export const limits = {
  /** Every registry takes a manifest up to this; beyond it most refuse (OCI distribution specification). */
  manifest: 4 * 1024 * 1024,
  /** Thousands of releases: about 1 kB each. */
  config: 16 * 1024 * 1024,
  /** Releases of an artifact: about as many as fit into a manifest. */
  releases: 10_000,
  /** One release, uncompressed: far above any schema's history. Cargo takes as much of a package. */
  layer: 512 * 1024 * 1024,
  /** One SQL file. It is held in memory while it runs; PostgreSQL itself takes no message above 1 GiB. */
  script: 256 * 1024 * 1024,
  /** The list of a release's scripts, in its layer: 20,000 of them with names of 40 letters. */
  releaseFile: 4 * 1024 * 1024,
  /**
   * Values of a JSON document, each of which takes many times its text in memory. A config of 16 MiB that lists nothing
   * but migrations of one script, with names of ten letters, has 700,000.
   */
  values: 800_000,
  /** Different keys in a JSON document, each of which may make an object of a kind of its own: ours have 40. */
  keys: 256,
  /** Lists and objects within each other in a JSON document: twice as many as ours have. */
  depth: 16,
  /** Files of a release, and of an archive. */
  entries: 20_000,
  /** All layers of an artifact, compressed: what ECR takes of an image, GHCR and Docker Hub of a layer. */
  artifact: 10 * 1000 ** 3,
} as const
