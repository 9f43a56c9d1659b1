#!/bin/bash
# The libvirt driver against three real hosts of a lab of its own.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2

# Apart from every other, also from one of another run of this test.
LAB_DIR=$(mktemp -d /tmp/roost-driver.XXXXXX)
export LAB=$PWD/tests/lab/lab LAB_DIR
export LAB_PREFIX=drv LAB_NET=10.$((120 + RANDOM % 40)).$(($$ % 250)) LAB_BRIDGE=rd$$
LAB_BIN=$PWD/${OUT:-build/release}/tests/lab
export LAB_BIN

trap '"$LAB" down; rm -rf "$LAB_DIR"' EXIT
trap 'exit 1' INT TERM HUP
"$LAB" check || exit
"$LAB" up 3 || exit 1
eval "$("$LAB" env)"
export LAB_HOSTS LAB_ADDRESSES LAB_MACS LAB_BROADCAST LAB_KEY LAB_KNOWN_HOSTS LAB_BRIDGE
"${OUT:-build/release}/tests/lab/driver/test_driver" --tap "$@"
