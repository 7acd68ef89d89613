export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.squizzle.config.v1+json',
  layer: 'application/vnd.squizzle.migrations.v1.tar+gzip',
} as const
