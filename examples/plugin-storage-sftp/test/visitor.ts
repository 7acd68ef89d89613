import {visitStorage} from 'squizzle/storage-contract'
import type {SftpConfig} from '../src/config.ts'
import {sftpStore} from '../src/store.ts'
import {context} from './contract.ts'

visitStorage((address: SftpConfig) => sftpStore(address, context).storage)
