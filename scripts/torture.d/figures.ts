import type {Figure} from './figure.ts'
import {appliers, appliersPooled, appliersUnlocked} from './figures/appliers.ts'
import {concurrentIndex} from './figures/concurrent-index.ts'
import {cuts} from './figures/cuts.ts'
import {hostile} from './figures/hostile.ts'
import {kill} from './figures/kill.ts'
import {lockRelease} from './figures/lock-release.ts'
import {restarts} from './figures/restarts.ts'
import {shop} from './figures/shop.ts'
import {tamperedArtifact} from './figures/tampered-artifact.ts'
import {tamperedLedger} from './figures/tampered-ledger.ts'

/** In the order in which they are measured. A new one is a file in figures/, added here. */
export const figures: readonly Figure[] = [
  kill,
  cuts,
  restarts,
  appliers,
  appliersPooled,
  appliersUnlocked,
  concurrentIndex,
  tamperedArtifact,
  tamperedLedger,
  lockRelease,
  shop,
  hostile,
]
