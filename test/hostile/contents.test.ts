import {contents} from './corpus/contents.ts'
import {refuses} from './support/refuses.ts'

describe('hostile: layers that are not what the config says', () => refuses(contents))
