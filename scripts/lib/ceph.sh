# Sourced after common.sh and debian.sh: Ceph, whose gateway is the S3 server that tests run against.
# shellcheck shell=bash

ceph_programs="ceph ceph-authtool ceph-mon ceph-osd monmaptool radosgw radosgw-admin"

# The folder of all its programs; those of Debian are some 270 MB with what they need.
install_ceph() {
  local program folder
  if ! command -v radosgw >/dev/null; then
    debian_install ceph-mon ceph-osd radosgw ceph-common || {
      missing ceph "$why"
      return
    }
  fi
  folder=$(dirname "$(command -v radosgw)")
  for program in $ceph_programs; do
    [ -x "$folder/$program" ] || {
      missing ceph "there is no $program beside $folder/radosgw"
      return
    }
  done
  found ceph "$folder"
}
