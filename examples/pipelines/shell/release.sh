#!/bin/sh
# Any CI system: releases the version that is given, and brings the database of DATABASE_URL up to it.
#   OCI_USERNAME=... OCI_PASSWORD=... DATABASE_URL=... ./release.sh 1.2.0
# Each command may be run again: what is done is not done twice, and says so.
set -eu
version=${1:?usage: release.sh <version>}

squizzle build "$version"
squizzle push "$version" --tag staging
squizzle apply staging --dry-run
squizzle apply staging --wait-lock 300
squizzle status staging --exit-code
