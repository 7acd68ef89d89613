import {gzips} from './corpus/gzips.ts'
import {refuses} from './support/refuses.ts'

describe('hostile: gzip files of another kind', () => refuses(gzips))
