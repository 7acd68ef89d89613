import {createPublicKey, generateKeyPairSync, randomBytes, sign} from 'node:crypto'
import type {KeyObject} from 'node:crypto'

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

interface Issuer {
  readonly name: Buffer
  readonly key: KeyObject
}

const ecdsaWithSha256 = sequence(oid(1, 2, 840, 10045, 4, 3, 2))

/** An authority, and a certificate of it for a host name: made anew, so that no key lies in the repository. */
export function makeCertificates(host: string): {authority: string; server: Certificate} {
  const authority = {name: commonName('test authority'), key: newKey()}
  const root = certify(authority, commonName('test authority'), authority.key, [
    extension(oid(2, 5, 29, 19), sequence(tag(0x01, Buffer.from([0xff])))),
  ])
  const key = newKey()
  const alternative = sequence(tag(0x82, Buffer.from(host)))
  const cert = certify(authority, commonName(host), key, [
    extension(oid(2, 5, 29, 17), alternative),
  ])
  const pem = key.export({type: 'pkcs8', format: 'pem'}).toString()
  return {authority: root, server: {cert, key: pem}}
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', {namedCurve: 'P-256'}).privateKey
}

/** X.509 version 3, valid from yesterday for a month. */
function certify(issuer: Issuer, subject: Buffer, key: KeyObject, extensions: Buffer[]): string {
  const day = 86_400_000
  const body = sequence(
    tag(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    issuer.name,
    sequence(time(Date.now() - day), time(Date.now() + 30 * day)),
    subject,
    publicKeyOf(key),
    tag(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, issuer.key)
  const der = sequence(body, ecdsaWithSha256, bits(signature))
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

function publicKeyOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({type: 'spki', format: 'der'})
}

function commonName(text: string): Buffer {
  return sequence(tag(0x31, sequence(oid(2, 5, 4, 3), tag(0x0c, Buffer.from(text)))))
}

function extension(id: Buffer, value: Buffer): Buffer {
  return sequence(id, tag(0x04, value))
}

function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return tag(0x18, Buffer.from(digits))
}

function bits(bytes: Buffer): Buffer {
  return tag(0x03, Buffer.concat([Buffer.from([0]), bytes]))
}

function integer(bytes: Buffer): Buffer {
  return tag(0x02, bytes)
}

function oid(first: number, second: number, ...rest: number[]): Buffer {
  return tag(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

function sequence(...parts: Buffer[]): Buffer {
  return tag(0x30, Buffer.concat(parts))
}

/** DER: tag, length, value. */
function tag(type: number, value: Buffer): Buffer {
  const size = value.length
  const length =
    size < 0x80 ? [size] : size < 0x1_00 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([type, ...length]), value])
}
