#!/bin/bash
# What is installed beside the program: systemd's units by systemd-analyze, the readiness and the
# watchdog by a socket of ours, and the Pacemaker resource agent by ocf-tester. No lab of hosts.
# shellcheck disable=SC2317 # functions are called by name
set -u
here=$(dirname "$(readlink -f "$0")")
top=$here/../..
roost=$(readlink -f "${OUT:-$top/build/release}/roost")
work=$(mktemp -d /tmp/roost-packaging.XXXXXX)
chmod 755 "$work" # ocf-tester asks the agent as nobody
number=0 failed=0
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 TZ=UTC XDG_CONFIG_HOME=$work/config

check() { # PROMISE CONDITION...
    local promise=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/out" 2>&1; then
        echo "ok $number - $promise"
        return
    fi
    failed=1
    echo "not ok $number - $promise"
    tail -n 40 "$work/out" | sed 's/^/# /'
}
skip() {
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}
until_true() { # SECONDS CONDITION...
    local end=$(($(date +%s) + $1))
    shift
    until "$@"; do
        (($(date +%s) < end)) || return 1
        sleep 0.1
    done
}

# ---- installed ----

root=$work/root
make -s -C "$top" install DESTDIR="$root" OUT="$(dirname "$roost")" PREFIX=/usr VARIANT="$(basename "$(dirname "$roost")")" >"$work/install" 2>&1
check "make install" [ -x "$root/usr/bin/roost" ]
units=$root/usr/lib/systemd/system
check "the units name the program where it is" grep -q '^ExecStart=/usr/bin/roost run' "$units/roost.service"
agent=$root/usr/lib/ocf/resource.d/roost/roost
check "the resource agent is there" [ -x "$agent" ]

# ---- systemd ----

if command -v systemd-analyze >/dev/null; then
    # The program must be where they say: for this they say where it is now.
    mkdir "$work/units"
    for unit in "$units"/*; do
        sed "s|/usr/bin/roost|$roost|" "$unit" >"$work/units/$(basename "$unit")"
    done
    silent_verify() {
        systemd-analyze --man=no verify "$work"/units/* >"$work/verify" 2>&1 || { cat "$work/verify"; return 1; }
        ! grep -F "$work/units" "$work/verify"
    }
    check "systemd-analyze verify has nothing to say" silent_verify
    if systemd-analyze security --help 2>/dev/null | grep -q -- --offline; then
        check "the service is bounded: an exposure of 3.5 at most" \
            systemd-analyze security --offline=yes --threshold=35 "$work/units/roost.service"
    fi
else
    skip "systemd-analyze verify" "no systemd-analyze"
fi

# ---- its readiness, as systemd hears it ----

mkdir "$work/store"
cat >"$work/roost.conf" <<CONF
[cluster]
name=packed
store=$work/store
[automatic]
mode=hours
[lease]
beat=200 ms
valid=800 ms
expiry=1200 ms
[manager]
takeover_step=0 s
CONF
cat >"$work/listen.py" <<'PY'
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = sys.argv[1]
s.bind("\0" + name[1:] if name[0] == "@" else name)
out = open(sys.argv[2], "w", buffering=1)
while True:
    out.write(s.recv(65536).decode() + "\n--\n")
PY
heard() { grep -q "$1" "$work/heard"; }
if command -v python3 >/dev/null; then
    for name in "$work/notify" "@roost-packaging-$$"; do
        : >"$work/heard"
        python3 "$work/listen.py" "$name" "$work/heard" &
        listener=$!
        until_true 5 eval '[ "${name:0:1}" = @ ] && grep -q "$name" /proc/net/unix || [ -S "$name" ]'
        NOTIFY_SOCKET=$name WATCHDOG_USEC=2000000 INVOCATION_ID=x \
            "$roost" -c "$work/roost.conf" --lab small run 2>"$work/log" &
        manager=$!
        check "READY=1 to ${name%%/*}" until_true 20 heard '^READY=1'
        check "it says what it is" until_true 20 heard '^STATUS=this is the manager'
        check "WATCHDOG=1 comes" until_true 20 heard '^WATCHDOG=1'
        kill -HUP "$manager"
        check "RELOADING=1 with its time" until_true 20 heard '^MONOTONIC_USEC=[0-9]'
        kill -TERM "$manager"
        check "STOPPING=1 at its end" until_true 30 heard '^STOPPING=1'
        wait "$manager"
        check "which is a good one" [ $? -eq 0 ]
        kill "$listener"
        wait "$listener" 2>/dev/null
    done
    prioritised() { ! grep -qv '^<[0-7]>' "$work/log" && [ -s "$work/log" ]; }
    check "each line of its log has its priority" prioritised
else
    skip "sd_notify" "no python3 to listen"
fi

# ---- Pacemaker ----

tester=$(command -v ocf-tester || echo /usr/sbin/ocf-tester)
if [ -x "$tester" ]; then
    mkdir -p "$work/ocf/resource.d/roost"
    check "meta-data is XML" eval "\"$agent\" meta-data | xmllint --noout --nodtd - || OCF_ROOT=/usr/lib/ocf \"$agent\" meta-data | xmllint --noout -"
    check "ocf-tester" "$tester" -n roost-test -o config="$work/roost.conf" -o binary="$roost" \
        -o options="--lab small" -o pidfile="$work/ra.pid" -o logfile="$work/ra.log" "$agent"
    export OCF_ROOT=/usr/lib/ocf OCF_RESOURCE_INSTANCE=roost-test OCF_RESKEY_config=$work/roost.conf \
        OCF_RESKEY_binary=$roost OCF_RESKEY_pidfile=$work/ra.pid OCF_RESKEY_logfile=$work/ra.log \
        OCF_RESKEY_hung_after=3 OCF_RESKEY_options="--lab small"
    returns() { # STATUS ACTION
        local status=0
        "$agent" "$2" || status=$?
        [ "$status" -eq "$1" ]
    }
    check "monitor before the start: not running" returns 7 monitor
    check "start" returns 0 start
    check "monitor" returns 0 monitor
    pid=$(head -n 1 "$work/ra.pid")
    kill -STOP "$pid"
    check "one that hangs is seen to" until_true 15 returns 1 monitor
    kill -CONT "$pid"
    check "one that goes on as well" until_true 15 returns 0 monitor
    kill -KILL "$pid"
    check "one that died is not running" until_true 10 returns 7 monitor
    check "stop of one that died" returns 0 stop
    echo 1 >"$work/ra.pid"
    check "the number of another process is not taken for it" returns 7 monitor
    check "stop leaves that one alone" returns 0 stop
    OCF_RESKEY_config=$work/none check "a configuration that is not there" returns 5 validate-all
else
    skip "ocf-tester" "no resource-agents"
fi
echo "1..$number"
exit "$failed"
