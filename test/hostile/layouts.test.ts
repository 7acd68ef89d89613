import {layouts} from './corpus/layouts.ts'
import {refuses} from './support/refuses.ts'

describe('hostile: archives of another layout', () => refuses(layouts))
