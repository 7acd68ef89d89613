/** Goes on as a user without rights of its own, where this process runs as root, which may do anything. */
export function leaveRoot(): void {
  if (process.getuid?.() !== 0) return
  const nobody = 65_534
  process.setgroups?.([])
  process.setgid?.(nobody)
  process.setuid?.(nobody)
}
