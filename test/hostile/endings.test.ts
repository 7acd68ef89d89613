import {endings} from './corpus/endings.ts'
import {refuses} from './support/refuses.ts'

describe('hostile: tars that end elsewhere', () => refuses(endings))
