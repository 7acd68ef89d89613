import {manifests} from './corpus/manifests.ts'
import {refuses} from './support/refuses.ts'

describe('hostile: manifests that lie', () => refuses(manifests))
