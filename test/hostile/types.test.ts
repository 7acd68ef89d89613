import {types} from './corpus/types.ts'
import {refuses} from './support/refuses.ts'

describe('hostile: entries that are no plain files', () => refuses(types))
