import {badPlace, evilEntries} from '../support/case.ts'
import {entry, file} from '../support/tar.ts'

const sql = 'drop table users;\n'
const named = (name: string | Buffer) => () => entry({name}, sql)

/** Names that lead elsewhere, or that two systems read in two ways. */
export const names = evilEntries(
  {
    'an absolute path (node-tar GHSA-3jfq-g458-7qm9, CVE-2021-32804)': (outside) =>
      file(`${outside}/evil.sql`, sql),
    'an absolute path behind many slashes (node-tar GHSA-3jfq-g458-7qm9)': (outside) =>
      file(`////${outside}/evil.sql`, sql),
    'a path to the folder above (oras GHSA-g5v4-5x39-vwhx, CVE-2021-21272)': named('../evil.sql'),
    'a path that climbs out of a folder (helm GHSA-xrxm-mvqm-r553)': named('a/../../evil.sql'),
    'a path that climbs out of its own folder (helm GHSA-qq3j-xp49-j73f, CVE-2020-4053)':
      named('1.0.0/../../evil.sql'),
    'a path that climbs far (helm GHSA-vmx8-mqv2-9gmg, CVE-2026-35204)': named(
      '1.0.0/../../../../../../../../../tmp/evil.sql',
    ),
    'a path that begins with a dot': named('./1.0.0/0001_a.sql'),
    'a path with a doubled slash': named('1.0.0//0001_a.sql'),
    'a path with a dot in the middle': named('1.0.0/./0001_a.sql'),
    'a path that ends with a slash': named('1.0.0/0001_a.sql/'),
    'a backslash as a separator': named('1.0.0\\0001_a.sql'),
    'a path that climbs by backslashes': named('..\\..\\evil.sql'),
    'a drive': named('C:\\evil.sql'),
    'a path below a drive that climbs (node-tar GHSA-5955-9wpr-37jh, CVE-2021-37713)':
      named('C:../evil.sql'),
    'a path relative to a drive': named('C:evil.sql'),
    'a share of another machine': named('\\\\server\\share\\evil.sql'),
    'a share of another machine, with slashes': named('//server/share/evil.sql'),
    "Windows' long form of a path": named('\\\\?\\C:\\evil.sql'),
    'no name': named(''),
    'a dot for a name (helm GHSA-hr2v-4r36-88hr, CVE-2026-35206)': named('.'),
    'two dots for a name': named('..'),
    'a slash for a name': named('/'),
    'a blank for a name': named(' '),
    'a home folder': named('~/.bashrc'),
    'a variable': named('$HOME/evil.sql'),
    'an option': named('--to-command=sh'),
    'a device of Windows': named('1.0.0/CON'),
    'a stream of NTFS': named('1.0.0/0001_a.sql:evil'),
    'a line break': named('1.0.0/0001_a.sql\nevil'),
    'an escape sequence of the terminal': named('1.0.0/\u001b[2J0001_a.sql'),
    'a change of the reading direction': named('1.0.0/\u202elqs.a_1000'),
    'a twin in another case': named('1.0.0/0001_A.SQL'),
    'a twin in a composed and a decomposed form': () => [
      file('1.0.0/caf\u00e9.sql', sql),
      file('1.0.0/cafe\u0301.sql', sql),
    ],
    'a twin of ß and ss (node-tar GHSA-r6q2-hw4h-h46w, CVE-2026-23950)': () => [
      file('1.0.0/stra\u00dfe.sql', sql),
      file('1.0.0/strasse.sql', sql),
    ],
    'a ligature': named('1.0.0/\ufb01le.sql'),
    'full-width dots': named('\uff0e\uff0e/evil.sql'),
    'a slash in two bytes': named(Buffer.from('2e2ec0af6576696c', 'hex')),
    'bytes that are no UTF-8': named(Buffer.from('312e302e302fff2e73716c', 'hex')),
    'bytes behind the end of the name': named('1.0.0/0001_a.sql\0evil'),
    'a name that fills its field': named('x'.repeat(100)),
    'a prefix that climbs': () => entry({prefix: '..', name: 'evil.sql'}, sql),
    'a prefix that is absolute': (outside) =>
      entry({prefix: outside.slice(0, 155), name: 'evil.sql'}, sql),
    'a hundred folders (node-tar GHSA-f5x3-32g6-xq36, CVE-2024-28863)': () =>
      entry({prefix: 'a/'.repeat(77).slice(0, -1), name: `${'a/'.repeat(49)}a`}, sql),
    'a file of another release': named('2.0.0/0001_a.sql'),
    'a file that its config lacks': named('1.0.0/0000_evil.sql'),
    'a configuration': named('squizzle.config.js'),
    'a hook of git': named('.git/hooks/post-checkout'),
  },
  badPlace,
)
