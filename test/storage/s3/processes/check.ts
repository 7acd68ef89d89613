/** Opens the bucket with the process's own environment, and prints what its check says. */
import {openS3Storage} from '../../../../src/storage/s3/storage.ts'

const [bucket = '', endpoint = ''] = process.argv.slice(2)
const warnings: string[] = []
const warn = (message: string) => void warnings.push(message)
const context = {root: '/', env: process.env, stateDir: '/nowhere', warn}
const storage = await openS3Storage({bucket, endpoint}, context)
const checks = await storage.check()
console.log(JSON.stringify({url: storage.url, checks, warnings}))
