import {visitStorage} from '../../../src/storage/contract.ts'
import {openLocalStorage} from '../../../src/storage/local/storage.ts'

visitStorage((root: string) => openLocalStorage('artifacts', root))
