import {sftpContract} from '../../examples/plugin-storage-sftp/test/contract.ts'
import {describeWith, service} from '../support/services.ts'

const server = () => {
  const {host, port, user, privateKey, fingerprint, folder} = service('sftp')
  return {host, port, user, privateKey, fingerprint, folder}
}

describeWith(['sftp'], 'the SFTP plugin on OpenSSH', () =>
  sftpContract(server, new URL('sftp-visitor.ts', import.meta.url)),
)
