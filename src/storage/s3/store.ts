import type {ListedObject, ObjectStore} from '../object/store.ts'
import {ask, notS3} from './ask.ts'
import type {Connection} from './client.ts'
import {conditionalWrites} from './conditional.ts'
import {isNamed} from './failure.ts'
import {readObject} from './read.ts'
import {writeObject} from './write.ts'

/** The objects of a bucket below a prefix. @param warn told once of what the server can't do */
export function s3Store(connection: Connection, warn: (message: string) => void): ObjectStore {
  const conditional = conditionalWrites(connection, warn)
  return {
    get: (key, {signal}) => readObject(connection, key, signal),

    async put(key, bytes, {ifAbsent = false, ifMatch, signal}) {
      if (ifMatch !== undefined) return conditional.update(key, bytes, ifMatch, signal)
      if (ifAbsent) return conditional.create(key, bytes, signal)
      await writeObject(connection, key, bytes, {}, signal)
      return true
    },

    list: (prefix, {signal}) => listObjects(connection, prefix, signal),

    async delete(key, {signal}) {
      const {client, location} = connection
      const input = {Bucket: location.bucket, Key: location.prefix + key}
      const work = () => client.deleteObject(input, {abortSignal: signal})
      await ask(connection, signal, work, ['NoSuchKey']).catch((error: unknown) => {
        if (!isNamed(error, 'NoSuchKey')) throw error
      })
    },
  }
}

/** Pages of a thousand, as S3 hands them out; keys come escaped, since XML can't hold every character. */
async function* listObjects(
  connection: Connection,
  below: string,
  signal: AbortSignal,
): AsyncGenerator<ListedObject> {
  const {client, location} = connection
  const input = {
    Bucket: location.bucket,
    Prefix: location.prefix + below,
    EncodingType: 'url',
  } as const
  let after: string | undefined
  do {
    const asked = {...input, ...(after !== undefined && {ContinuationToken: after})}
    const work = () => client.listObjectsV2(asked, {abortSignal: signal})
    const page = await ask(connection, signal, work)
    // an empty listing must never be somebody else's answer
    if (page.Name === undefined) throw notS3(connection, 'a listing without the bucket')
    const decode = page.EncodingType === 'url' ? decodeKey : String
    for (const {Key = '', Size = 0, LastModified} of page.Contents ?? []) {
      const key = decode(Key).slice(location.prefix.length)
      yield {key, size: Size, ...(LastModified && {modified: LastModified})}
    }
    const next = page.IsTruncated === true ? page.NextContinuationToken : undefined
    if (page.IsTruncated === true && (next === undefined || next === after)) {
      throw notS3(connection, 'a listing that does not go on')
    }
    after = next
  } while (after !== undefined)
}

/** As HTML forms escape, with a plus for a space. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return key
  }
}
