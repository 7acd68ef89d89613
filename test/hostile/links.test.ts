import {links} from './corpus/links.ts'
import {refuses} from './support/refuses.ts'

describe('hostile: links', () => refuses(links))
