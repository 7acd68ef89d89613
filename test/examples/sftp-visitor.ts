// the hook first: imports that stand above would be followed before it
const hook = await import('../support/own-name.ts')
hook.resolveOwnName()
await import('../../examples/plugin-storage-sftp/test/visitor.ts')
