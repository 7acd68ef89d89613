import {headers} from './corpus/headers.ts'
import {refuses} from './support/refuses.ts'

describe('hostile: headers that say too much', () => refuses(headers))
