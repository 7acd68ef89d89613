import {evilTars} from '../support/case.ts'
import {file, tarOf} from '../support/tar.ts'

/** Tars that stop too early, too late, or in between. */
export const endings = evilTars({
  'without an end': (tar) => tar.subarray(0, -1024),
  'with half an end': (tar) => tar.subarray(0, -512),
  'with an end that is cut short': (tar) => tar.subarray(0, -1),
  'with one empty block too many': (tar) => Buffer.concat([tar, Buffer.alloc(512)]),
  'filled up as GNU tar does': (tar) =>
    Buffer.concat([tar, Buffer.alloc(10_240 - (tar.length % 10_240))]),
  'with a byte after its end': (tar) => Buffer.concat([tar, Buffer.from([1])]),
  'with another tar after its end': (tar) =>
    Buffer.concat([tar, tarOf(file('1.0.0/evil.sql', 'x'))]),
  'with an end in the middle': (tar) =>
    Buffer.concat([tar.subarray(0, 1024), Buffer.alloc(1024), tar.subarray(1024)]),
  'with an empty block in the middle': (tar) =>
    Buffer.concat([tar.subarray(0, 1024), Buffer.alloc(512), tar.subarray(1024)]),
  'cut in a header': (tar) => tar.subarray(0, 100),
  'cut behind a header': (tar) => tar.subarray(0, 512),
  'cut in a file': (tar) => tar.subarray(0, 515),
  'cut in its padding': (tar) => tar.subarray(0, 1000),
  'of nothing but an end': () => Buffer.alloc(1024),
  'of no bytes': () => Buffer.alloc(0),
  'of zeros': () => Buffer.alloc(10_240),
  'that begins one byte late': (tar) => Buffer.concat([Buffer.alloc(1), tar]),
  'without its last file': (tar) => Buffer.concat([tar.subarray(0, 1024), Buffer.alloc(1024)]),
  'with its first file twice': (tar) => Buffer.concat([tar.subarray(0, 1024), tar]),
})
