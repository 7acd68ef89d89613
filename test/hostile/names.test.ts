import {names} from './corpus/names.ts'
import {refuses} from './support/refuses.ts'

describe('hostile: names that lead elsewhere', () => refuses(names))
