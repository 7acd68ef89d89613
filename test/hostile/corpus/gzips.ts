import {deflateRawSync, deflateSync, gzipSync} from 'node:zlib'
import {evilGzips} from '../support/case.ts'

/** The header of a gzip file with other flags, and what they announce. */
const flagged = (gzipped: Buffer, flags: number, field: Buffer = Buffer.alloc(0)) =>
  Buffer.concat([
    gzipped.subarray(0, 3),
    Buffer.from([flags]),
    gzipped.subarray(4, 10),
    field,
    gzipped.subarray(10),
  ])

const changed = (gzipped: Buffer, at: number, by = 1) => {
  const copy = Buffer.from(gzipped)
  const index = at < 0 ? copy.length + at : at
  copy[index] = (copy[index] ?? 0) ^ by
  return copy
}

/** Files that are not one gzip member and nothing else. */
export const gzips = evilGzips({
  'that is not packed': (_, unpacked) => unpacked,
  'that is a zip file': () => Buffer.from('504b0304140000000000', 'hex'),
  'packed by bzip2': () => Buffer.from('425a68393141592653590000', 'hex'),
  'packed by zstd': () => Buffer.from('28b52ffd0458', 'hex'),
  'packed by xz': () => Buffer.from('fd377a585a000004e6d6b446', 'hex'),
  'packed without a header': (_, unpacked) => deflateRawSync(unpacked),
  'packed as zlib does': (_, unpacked) => deflateSync(unpacked),
  'of no bytes at all': () => Buffer.alloc(0),
  'of a single byte': () => Buffer.from([0x1f]),
  'of a header alone': (gzipped) => gzipped.subarray(0, 10),
  'in two members': (_, unpacked) =>
    Buffer.concat([gzipSync(unpacked.subarray(0, 700)), gzipSync(unpacked.subarray(700))]),
  'with a second member': (gzipped, unpacked) => Buffer.concat([gzipped, gzipSync(unpacked)]),
  'with a second, empty member': (gzipped) => Buffer.concat([gzipped, gzipSync('')]),
  'with an empty member before': (gzipped) => Buffer.concat([gzipSync(''), gzipped]),
  'with text after the gzip file': (gzipped) => Buffer.concat([gzipped, Buffer.from('evil')]),
  'with zeros after the gzip file': (gzipped) => Buffer.concat([gzipped, Buffer.alloc(512)]),
  'with a byte before the gzip file': (gzipped) => Buffer.concat([Buffer.alloc(1), gzipped]),
  'cut by its last byte': (gzipped) => gzipped.subarray(0, -1),
  'cut by its checksum': (gzipped) => gzipped.subarray(0, -8),
  'cut in half': (gzipped) => gzipped.subarray(0, gzipped.length / 2),
  'with a wrong checksum at its end': (gzipped) => changed(gzipped, -8),
  'with a wrong length': (gzipped) => changed(gzipped, -4),
  'with another bit in the middle': (gzipped) => changed(gzipped, Math.floor(gzipped.length / 2)),
  'with a block of an unknown kind': (gzipped) => changed(gzipped, 10, 0b110),
  'packed by a method that nobody defined': (gzipped) => changed(gzipped, 2),
  'with an extra field': (gzipped) => flagged(gzipped, 4, Buffer.from('0400657669', 'hex')),
  'with a comment': (gzipped) => flagged(gzipped, 16, Buffer.from('evil\0')),
  'with a checksum of its header': (gzipped) => flagged(gzipped, 2, Buffer.from('0000', 'hex')),
  'with flags that nobody defined': (gzipped) => flagged(gzipped, 0xe0),
  'with a name that does not end': (gzipped) => flagged(gzipped, 8, Buffer.alloc(1_000, 'x')),
  'packed twice': (gzipped) => gzipSync(gzipped),
})
