import {writeFileWhole} from '../../../src/files/write.ts'

const [path = '', content = '', ifAbsent = ''] = process.argv.slice(2)
await writeFileWhole(path, content, {ifAbsent: ifAbsent === 'ifAbsent'})
