# command_lib.sh - what the tests of the command line share: running it, and what it said. Sourced.
# A test ends with `finish`.
# shellcheck shell=bash disable=SC2034
set -u
# shellcheck source=tests/e2e/poll_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/poll_lib.sh"
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
roost=$PWD/${OUT:-build/release}/roost
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME=$work/config HOME=$work TZ=UTC LC_ALL=C.UTF-8
unset XDG_STATE_HOME
number=0 failed=0 status=0

# check NAME CONDITION...: one promise. Shows what the last run said when it is broken, and the
# screen, where a test has one.
check() {
    local name=$1
    shift
    number=$((number + 1))
    if "$@"; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# out: /' "$work/out" 2>/dev/null | head -40
        sed 's/^/# err: /' "$work/err" 2>/dev/null
        if declare -F screen >/dev/null; then screen | sed 's/^/# screen: /'; fi
        echo "# status: $status"
        failed=1
    fi
}

run() {
    "$roost" "$@" >"$work/out" 2>"$work/err"
    status=$?
}

ended() { [ "$status" -eq "$1" ]; }
silent() { [ ! -s "$work/$1" ]; }
says() { grep -qe "$2" "$work/$1"; }
lines() { [ "$(wc -l <"$work/out")" -eq "$1" ]; }
done_well() { ended 0 && silent err; }
wrong_usage() { ended 2 && silent out && says err "$1"; }
failing() { ended 1 && says err "$1"; }

finish() {
    echo "1..$number"
    exit "$failed"
}
