import {parse} from 'valibot'
import {configOfUrl, sftpConfigSchema} from '../src/config.ts'
import {sftpContract} from './contract.ts'

// SFTP_SERVER='sftp://host/folder?user=...&fingerprint=...&privateKey=...' npm test
sftpContract(
  () => parse(sftpConfigSchema, configOfUrl(process.env['SFTP_SERVER'] ?? '')),
  new URL('visitor.ts', import.meta.url),
)
