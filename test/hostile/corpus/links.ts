import {evilEntries} from '../support/case.ts'
import {entry, file, folder, gnuLong, hardlink, pax, symlink} from '../support/tar.ts'

const sql = 'drop table users;\n'

/** Links of both kinds, also where a file stands that is expected. */
export const links = evilEntries({
  'a symlink out, and a file behind it (node-tar CVE-2015-8860)': (outside) => [
    symlink('1.0.0/evil', outside),
    file('1.0.0/evil/file.sql', sql),
  ],
  'a symlink in the place of a file': (outside) =>
    symlink('1.0.0/0001_a.rollback.sql', `${outside}/secret`),
  'a symlink to a file of the same layer': () => symlink('1.0.0/0001_a.rollback.sql', '0001_a.sql'),
  'a symlink to itself': () => symlink('1.0.0/0001_a.rollback.sql', '0001_a.rollback.sql'),
  'a symlink to the folder above': () => symlink('1.0.0/up', '..'),
  'a folder that becomes a symlink (node-tar GHSA-r628-mhmh-qjhw, CVE-2021-32803)': (outside) => [
    folder('1.0.0/x'),
    symlink('1.0.0/x', outside),
    file('1.0.0/x/evil.sql', sql),
  ],
  'a folder with a backslash that becomes a symlink (node-tar GHSA-9r2w-394v-53qc, CVE-2021-37701)':
    (outside) => [folder('1.0.0\\x'), symlink('1.0.0\\x', outside), file('1.0.0\\x/evil.sql', sql)],
  'a folder and a symlink of one name in two forms (node-tar GHSA-qq89-hq3f-393p, CVE-2021-37712)':
    (outside) => [
      folder('caf\u00e9'),
      symlink('cafe\u0301', outside),
      file('caf\u00e9/evil.sql', sql),
    ],
  'a symlink whose target is absolute (node-tar GHSA-8qq5-rm4j-mr97, CVE-2026-23745)': (outside) =>
    symlink('1.0.0/0001_a.sql', `${outside}/secret`),
  'a hard link whose target is absolute (node-tar GHSA-8qq5-rm4j-mr97, CVE-2026-23745)': (
    outside,
  ) => hardlink('1.0.0/0001_a.sql', `${outside}/secret`),
  'a hard link that climbs (node-tar GHSA-34x7-hfp2-rc4v, CVE-2026-24842)': () =>
    hardlink('a/b/c/evil.sql', '../../../../outside/secret'),
  'a hard link through two symlinks (node-tar GHSA-83g3-92jg-28cx, CVE-2026-26960)': () => [
    symlink('a/b/c/up', '../..'),
    symlink('a/b/escape', 'c/up/../..'),
    hardlink('evil.sql', 'a/b/escape/outside/secret'),
  ],
  'a hard link below a drive (node-tar GHSA-qffp-2rhf-9h96, CVE-2026-29786)': () =>
    hardlink('1.0.0/0001_a.sql', 'C:../outside/secret'),
  'a symlink below a drive (node-tar GHSA-9ppj-qmqm-q256, CVE-2026-31802)': () =>
    symlink('1.0.0/0001_a.sql', 'C:../../outside/secret'),
  'a hard link, and a file of its name (node-tar GHSA-j44m-qm6p-hp7m, CVE-2018-20834)': (
    outside,
  ) => [hardlink('1.0.0/x', `${outside}/secret`), file('1.0.0/x', sql)],
  'a chain of symlinks (oras-go GHSA-m37j-52j7-pjw7)': () => [
    symlink('1.0.0/sub', '.'),
    symlink('1.0.0/sub/sub', '..'),
    symlink('1.0.0/sub/sub/evil', '..'),
    file('1.0.0/sub/sub/evil/file.sql', sql),
  ],
  'a hard link relative to the working folder (oras-go GHSA-fxhp-mv3v-67qp, CVE-2026-50163)': () =>
    hardlink('1.0.0/0001_a.sql', 'package.json'),
  'a symlink in the place of what is written later (helm GHSA-557j-xg8c-q2mm, CVE-2025-53547)': (
    outside,
  ) => symlink('1.0.0/release.json', `${outside}/secret`),
  'a symlink in a package (helm GHSA-p5pc-m4q7-7qm9, CVE-2019-18658)': () =>
    symlink('1.0.0/0001_a.sql', '/etc/passwd'),
  'a hard link to a file of the same layer': () =>
    hardlink('1.0.0/0001_a.rollback.sql', '1.0.0/0001_a.sql'),
  'a hard link to a file that comes later': () =>
    hardlink('1.0.0/0000_a.sql', '1.0.0/release.json'),
  'a hard link with content': () =>
    entry({name: '1.0.0/0001_a.sql', link: '1.0.0/release.json', type: '1'}, sql),
  'a symlink with content': () => entry({name: '1.0.0/0001_a.sql', link: '..', type: '2'}, sql),
  'a target on a plain file': () =>
    entry({name: '1.0.0/0001_a.rollback.sql', link: '/etc/passwd'}, sql),
  'a target in a pax record': (outside) => [
    pax({linkpath: `${outside}/secret`}),
    symlink('1.0.0/0001_a.sql', 'release.json'),
  ],
  "a target in GNU's long form": (outside) => [
    gnuLong('K', `${outside}/${'x/'.repeat(100)}secret`),
    symlink('1.0.0/0001_a.sql', 'x'),
  ],
})
