import {openDatabase} from '../../../src/database/open.ts'

/** Opens an embedded database, commits something, leaves something uncommitted, and waits for its input to end. */
const [url = '', cacheDir] = process.argv.slice(2)
const session = await openDatabase(url, {cacheDir})
await session.run('create table committed as select generate_series(1, 1000) as i')
await session.run('begin; create table uncommitted as select generate_series(1, 1000) as i')
console.log('open')
process.stdin.resume().once('end', () => {
  session.close().catch((error: unknown) => {
    console.error(error)
    process.exitCode = 1
  })
})
