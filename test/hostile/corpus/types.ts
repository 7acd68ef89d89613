import {badPlace, evilEntries} from '../support/case.ts'
import {entry, file, folder} from '../support/tar.ts'

const typed =
  (type: string, content = '') =>
  () =>
    entry({name: '1.0.0/0001_a.sql', type}, content)

/** Entries that are no plain files. */
export const types = [
  ...evilEntries({
    'a folder': () => folder('1.0.0/'),
    'a folder named as a script': () => folder('1.0.0/0001_a.rollback.sql'),
    'a folder named as a script, with a slash': () => folder('1.0.0/0001_a.rollback.sql/'),
    'a folder, then a file of its name': () => [folder('1.0.0/x.sql'), file('1.0.0/x.sql', 'x')],
    'a pipe': typed('6'),
    'a character device': () =>
      entry({name: '1.0.0/0001_a.sql', type: '3', major: '0000001\0', minor: '0000005\0'}),
    'a block device': () => entry({name: '1.0.0/0001_a.sql', type: '4', major: '0000010\0'}),
    'a contiguous file': typed('7', 'x'),
    "a file of tar's first version": typed('\0', 'x'),
    'a sparse file': typed('S', 'x'),
    'a dump of a folder': typed('D', 'x'),
    'a part of a file from another volume': typed('M', 'x'),
    "GNU tar's old long name": typed('N', 'x'),
    'the name of a volume': typed('V'),
    'an access list of Solaris': typed('A', 'x'),
    'an extended header of Solaris': typed('X', 'x'),
    'a type that nobody defined': typed('Z', 'x'),
    'a blank for a type': typed(' ', 'x'),
  }),
  ...evilEntries(
    {
      'a file, then a folder of its name': () => [file('1.0.0/x.sql', 'x'), folder('1.0.0/x.sql')],
      'a file twice': () => [file('1.0.0/0001_a.sql', 'a'), file('1.0.0/0001_a.sql', 'b')],
    },
    badPlace,
  ),
]
