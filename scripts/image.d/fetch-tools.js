#!/usr/bin/env node
// Puts oras and the credential helpers of their releases into a folder, each archive checked against its pin.
// Usage: fetch-tools.js <amd64|arm64> <folder>; versions and checksums are in the environment, named as in scripts/pins.env.
import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {chmodSync, mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

const [arch = '', folder = ''] = process.argv.slice(2)
const origin = process.env.RELEASES_ORIGIN ?? 'https://github.com'

const tools = [
  {
    pin: 'ORAS',
    program: 'oras',
    path: (version) =>
      `oras-project/oras/releases/download/v${version}/oras_${version}_linux_${arch}.tar.gz`,
  },
  {
    pin: 'GCR_HELPER',
    program: 'docker-credential-gcr',
    path: (version) =>
      `GoogleCloudPlatform/docker-credential-gcr/releases/download/v${version}/docker-credential-gcr_linux_${arch}-${version}.tar.gz`,
  },
  {
    pin: 'ACR_HELPER',
    program: 'docker-credential-acr-env',
    path: (version) =>
      `chrismellard/docker-credential-acr-env/releases/download/${version}/docker-credential-acr-env_${version}_linux_${arch}.tar.gz`,
  },
]

mkdirSync(folder, {recursive: true})
for (const {pin, program, path} of tools) {
  const sum = pinned(`${pin}_SHA256_${arch.toUpperCase()}`)
  const url = `${origin}/${path(pinned(`${pin}_VERSION`))}`
  const archive = await download(url)
  const found = createHash('sha256').update(archive).digest('hex')
  if (found !== sum) throw new Error(`${url} has the SHA-256 ${found}, not the pinned ${sum}`)
  const file = join(folder, `${program}.tar.gz`)
  writeFileSync(file, archive)
  execFileSync('tar', ['-xzf', file, '-C', folder, '--no-same-owner', program])
  rmSync(file)
  chmodSync(join(folder, program), 0o755)
}

function pinned(name) {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not pinned in scripts/pins.env`)
  return value
}

async function download(url) {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`)
  return Buffer.from(await response.arrayBuffer())
}
