import {badPlace, evilEntries} from '../support/case.ts'
import {entry, header, padded, type Fields} from '../support/tar.ts'

const sql = 'drop table a;\n'
/** The file that is expected first, with some field of its header changed. */
const having = (set: Fields) => () => entry({name: '1.0.0/0001_a.rollback.sql', ...set}, sql)
const base256 = (first: number, ...rest: number[]) =>
  Buffer.concat([Buffer.from([first]), Buffer.alloc(11 - rest.length), Buffer.from(rest)])

/** Headers that say more than a path and a size, or lie about either. */
export const headers = [
  ...evilEntries({
    'a wrong checksum': having({checksum: '000000 \0'}),
    'no checksum': having({checksum: ''}),
    'a checksum written another way': () => {
      const plain = header({name: '1.0.0/0001_a.rollback.sql'}, sql.length)
      const sum = plain.subarray(148, 154).toString()
      return Buffer.concat([
        header({name: '1.0.0/0001_a.rollback.sql', checksum: `${sum}\0 `}, sql.length),
        padded(Buffer.from(sql)),
      ])
    },
    'the magic of GNU tar': having({magic: 'ustar ', version: ' \0'}),
    'no magic': having({magic: '', version: ''}),
    'a mode that sets the user': having({mode: '0004755\0'}),
    'a mode that sets the group': having({mode: '0002755\0'}),
    'a sticky mode': having({mode: '0001644\0'}),
    'a mode for everybody': having({mode: '0000777\0'}),
    'a mode for nobody': having({mode: '0000000\0'}),
    'a mode that is no number': having({mode: 'rwxr-xr-'}),
    'an owner': having({uid: '0001750\0'}),
    'an owner below zero': having({uid: Buffer.alloc(8, 0xff)}),
    'a group': having({gid: '0001750\0'}),
    'the name of an owner': having({uname: 'root'}),
    'the name of a group': having({gname: 'wheel'}),
    'a time': having({mtime: '14712345670\0'}),
    'a time before 1970': having({mtime: Buffer.alloc(12, 0xff)}),
    'a device number': having({major: '0000001\0'}),
    'bytes in the rest of the header': having({rest: 'evil'}),
    'a size in binary': having({size: base256(0x80, sql.length)}),
    'a size below zero': having({size: Buffer.alloc(12, 0xff)}),
    'a size that is no number': having({size: 'evil'}),
    'a size with blanks': having({size: `${' '.repeat(9)}16\0`}),
    'a size without an end': having({size: '000000000016'}),
    'no size': having({size: ''}),
    'a size beyond what numbers hold': having({size: base256(0x80, 0x20, 0, 0, 0, 0, 0, 1)}),
    'a size that is too small': having({size: '00000000001\0'}),
    'a size that is too large': having({size: '00000001000\0'}),
    'random bytes': () => Buffer.alloc(512, 'evil'),
  }),
  ...evilEntries(
    {
      'a size of 8 GiB': having({size: '77777777777\0'}),
      'bytes in its padding': () =>
        Buffer.concat([
          header({name: '1.0.0/0001_a.rollback.sql'}, sql.length),
          Buffer.from(sql.padEnd(512, '\u0001')),
        ]),
    },
    badPlace,
  ),
]
