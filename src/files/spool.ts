import {open, rm, type FileHandle} from 'node:fs/promises'
import {join} from 'node:path'
import {withTempDir} from './temp.ts'
import {explainWriteError} from './write.ts'

/** Bytes up to which a spool stays in memory. */
const largestInMemory = 16 * 1024 * 1024

/** Bytes that came in order and are read in any: in memory, or in a file that no name leads to. */
export interface Spool {
  /** @throws NOT_WRITABLE */
  append(bytes: Uint8Array): Promise<void>
  /** A copy of its own. */
  read(at: number, size: number): Promise<Buffer>
  close(): Promise<void>
}

/** @param size the most bytes that will come. @throws NOT_WRITABLE */
export async function openSpool(size: number): Promise<Spool> {
  return size <= largestInMemory ? memorySpool() : withTempDir(fileSpool)
}

function memorySpool(): Spool {
  const pieces: Uint8Array[] = []
  let whole: Buffer | undefined
  return {
    append: async (bytes) => {
      pieces.push(bytes)
    },
    read: async (at, size) =>
      Buffer.from((whole ??= Buffer.concat(pieces)).subarray(at, at + size)),
    close: async () => undefined,
  }
}

/** The file loses its name at once, so that nothing stays behind however this process ends. */
async function fileSpool(folder: string): Promise<Spool> {
  const path = join(folder, 'spool')
  const file = await open(path, 'wx+', 0o600).catch((error: unknown) => {
    throw explainWriteError(error, path)
  })
  await rm(path)
  return {
    append: async (bytes) => {
      await file.writeFile(bytes).catch((error: unknown) => {
        throw explainWriteError(error, path)
      })
    },
    read: (at, size) => readAt(file, at, size),
    close: () => file.close(),
  }
}

async function readAt(file: FileHandle, at: number, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size)
  for (let done = 0; done < size;) {
    const {bytesRead} = await file.read(bytes, done, size - done, at + done)
    if (bytesRead === 0) throw new Error(`a spool ended ${size - done} bytes early`)
    done += bytesRead
  }
  return bytes
}
