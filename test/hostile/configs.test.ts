import {configs} from './corpus/configs.ts'
import {refuses} from './support/refuses.ts'

describe('hostile: configs that lie', () => refuses(configs))
