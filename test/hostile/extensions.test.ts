import {extensions} from './corpus/extensions.ts'
import {refuses} from './support/refuses.ts'

describe('hostile: extended headers', () => refuses(extensions))
