/** The configuration file of a Ceph cluster of one monitor and one store, for a gateway that speaks S3. */
export interface CephPlan {
  readonly folder: string
  /** Names the cluster: a UUID. */
  readonly cluster: string
  readonly monitorPort: number
  readonly gatewayPort: number
}

/** One replica, in memory, with nothing to wait for: what a crash would lose is no loss here. */
export function cephConfig({folder, cluster, monitorPort, gatewayPort}: CephPlan): string {
  return `[global]
fsid = ${cluster}
mon host = ${monitorAddress(monitorPort)}
ms bind msgr1 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx

mon data = ${folder}/monitor
osd data = ${folder}/store
rgw data = ${folder}/gateway
keyring = ${folder}/keyring
run dir = ${folder}
admin socket =
log file =
log to stderr = true
mon cluster log to file = false

# the monitor gathers changes for a second before it agrees with itself: with ten pools to make, that is ten seconds
paxos propose interval = 0.05
paxos min wait = 0.01
mon allow pool size one = true
mon data avail warn = 2
mon data avail crit = 1
osd objectstore = memstore
memstore device bytes = ${2 * 1024 ** 3}
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off

# without tcp_nodelay each answer with a body comes 40 ms late
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort} tcp_nodelay=1
`
}

/** As Ceph writes the one address that a monitor listens on. */
export function monitorAddress(port: number): string {
  return `[v2:127.0.0.1:${port}]`
}
