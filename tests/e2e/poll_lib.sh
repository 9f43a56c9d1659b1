# poll_lib.sh - how the tests wait: for something to be so, with a deadline (PATIENCE, in seconds),
# never for a fixed time. Sourced by console_lib.sh and command_lib.sh.
# shellcheck shell=bash
PATIENCE=${PATIENCE:-30}

# until_true COMMAND...: TRUE as soon as the command is, FALSE at the deadline, which is told: a wait
# that always runs out is a fault of its test, even where nothing else comes of it.
until_true() {
    local end=$((SECONDS + PATIENCE))
    until "$@"; do
        if [ "$SECONDS" -ge "$end" ]; then
            echo "# waited ${PATIENCE} s in vain (line ${BASH_LINENO[*]}): $*" >&2
            return 1
        fi
        sleep 0.05
    done
}
