import {configs} from './corpus/configs.ts'
import {contents} from './corpus/contents.ts'
import {endings} from './corpus/endings.ts'
import {extensions} from './corpus/extensions.ts'
import {gzips} from './corpus/gzips.ts'
import {headers} from './corpus/headers.ts'
import {layouts} from './corpus/layouts.ts'
import {links} from './corpus/links.ts'
import {manifests} from './corpus/manifests.ts'
import {names} from './corpus/names.ts'
import {types} from './corpus/types.ts'

/** Everything small that must be refused, by its class. */
export const corpus = {
  names,
  links,
  types,
  headers,
  extensions,
  endings,
  gzips,
  layouts,
  manifests,
  configs,
  contents,
}
