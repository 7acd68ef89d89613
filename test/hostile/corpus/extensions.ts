import {evilEntries} from '../support/case.ts'
import {entry, file, gnuLong, pax, tarOf} from '../support/tar.ts'

const sql = 'drop table a;\n'
const plain = () => file('1.0.0/0001_a.rollback.sql', sql)

/** Headers about other headers: pax records and GNU's long names. */
export const extensions = evilEntries({
  'a pax path that climbs': () => [pax({path: '../evil.sql'}), plain()],
  'a pax path that is absolute': (outside) => [pax({path: `${outside}/evil.sql`}), plain()],
  'a pax path with a NUL in it': () => [pax({path: '1.0.0/0001_a.sql\0/../../evil'}), plain()],
  'a pax path of 4096 bytes': () => [pax({path: 'x/'.repeat(2048)}), plain()],
  'a pax path that says the same': () => [pax({path: '1.0.0/0001_a.rollback.sql'}), plain()],
  'a pax size': () => [pax({size: '1'}), plain()],
  'a pax size below zero': () => [pax({size: '-512'}), plain()],
  'a pax size that is huge': () => [pax({size: '9007199254740993'}), plain()],
  'a pax size before a long name (node-tar GHSA-vmf3-w455-68vh, CVE-2026-53655)': () => [
    pax({size: '2048'}),
    gnuLong('L', '1.0.0/0001_a.rollback.sql'),
    plain(),
  ],
  'a pax size that hides a tar in a file (tar-rs GHSA-j5gw-2vrg-8fgx)': () => [
    pax({size: '0'}),
    file('1.0.0/0001_a.rollback.sql', tarOf(file('1.0.0/evil.sql', sql))),
  ],
  'a pax header of size 0 that hides a file (tokio-tar GHSA-fp55-jw48-c537)': () => [
    pax({size: '1024'}),
    entry({name: '1.0.0/0001_a.rollback.sql', size: '00000000000\0'}),
    file('1.0.0/evil.sql', sql),
  ],
  'a pax record about everything after': () => [pax({path: '../evil.sql'}, 'g'), plain()],
  'a pax comment about everything after': () => [pax({comment: 'x'}, 'g'), plain()],
  'a pax owner': () => [pax({uid: '0', uname: 'root'}), plain()],
  'a pax time': () => [pax({mtime: '1700000000.5'}), plain()],
  'a pax character set': () => [pax({hdrcharset: 'BINARY'}), plain()],
  'a pax record of a sparse file': () => [
    pax({'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': '../evil.sql'}),
    plain(),
  ],
  'a pax record whose length is wrong': () => [
    entry({name: 'PaxHeader/x', type: 'x'}, '999 path=x\n'),
    plain(),
  ],
  'a pax record without a length': () => [
    entry({name: 'PaxHeader/x', type: 'x'}, 'path=x\n'),
    plain(),
  ],
  'a pax record with a key of prototypes': () => [pax({['__proto__' as string]: 'x'}), plain()],
  'a pax header and nothing after': () => pax({path: 'x'}),
  'two pax headers': () => [pax({path: 'a'}), pax({path: '../b'}), plain()],
  'a long name that climbs': () => [gnuLong('L', '../evil.sql'), plain()],
  'a long name that is absolute': (outside) => [gnuLong('L', `${outside}/evil.sql`), plain()],
  'a long name of 4096 bytes': () => [gnuLong('L', 'x'.repeat(4096)), plain()],
  'a long name without an end': () => [entry({name: '././@LongLink', type: 'L'}, 'x'), plain()],
  'a long name for a long name': () => [gnuLong('L', 'a'), gnuLong('L', 'b'), plain()],
})
