import {registerHooks} from 'node:module'

const host = new URL('../../../package.json', import.meta.url).href
const ownNames = /^squizzle(?:\/|$)/

let registered = false

/**
 * Lets plugins import `squizzle`, which nobody installs beside them: they get the very one that runs, as
 * `exports` of its package.json says, so that there are never two.
 */
export function offerHostModule(): void {
  if (registered) return
  registered = true
  registerHooks({
    resolve: (specifier, context, next) =>
      ownNames.test(specifier)
        ? next(specifier, {...context, parentURL: host})
        : next(specifier, context),
  })
}
