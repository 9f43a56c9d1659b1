#!/bin/bash
# ready.sh [N]: leaves a lab of N hosts (8) up, all of them in a cluster, and tells how to open the
# console on it and how to take it away. This is `make lab`. OUT is the build to use.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
roost=$(readlink -f "${OUT:-$here/../../build/release}/roost")
if [[ -d ${OUT:-}/tests/lab ]]; then
    LAB_BIN=$(readlink -f "$OUT/tests/lab")
    export LAB_BIN
fi

"$here/lab" up "${1:-8}"
eval "$("$here/lab" env)"
# shellcheck disable=SC2086 # a list
"$roost" -c "$LAB_CONF" add-node $LAB_ADDRESSES

cat <<END_OF_TEXT

The lab is up. Its console:

    $roost -c $LAB_CONF

Faults, loads, logins, from another terminal:

    $here/lab help

To take it away:

    $here/lab down
END_OF_TEXT
