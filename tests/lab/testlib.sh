# shellcheck shell=bash
# What the tests of roost on real hosts share. Each test sources this, makes a lab of its own with
# make_lab, and says what it finds in TAP lines; the lab is taken down however the test ends.
# shellcheck disable=SC2034 # many of these are for the tests
# No pipefail: grep -q ends at what it seeks, and who still writes to it dies of SIGPIPE.
set -u

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
roost=$(readlink -f "${OUT:-$here/../../build/release}/roost")
number=0 failed=0 status=0 took_ms=0
work=$(mktemp -d /tmp/roost-test.XXXXXX)
: >"$work/out" && : >"$work/err"
export XDG_CONFIG_HOME=$work/config LC_ALL=C.UTF-8 TZ=UTC

lab() { "$here/lab" "$@"; }
now_ms() { date +%s%3N; }

clean_up() {
    local pid
    for pid in $(jobs -p); do
        kill -KILL "$pid" 2>/dev/null
    done
    [[ ! -v LAB_DIR ]] || lab down
    rm -rf "$work" "${LAB_DIR:-$work}"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

# make_lab NAME COUNT: a lab apart from every other, by its prefix, network and bridge. Sets host,
# address and mac to arrays of what there is, and conf to the configuration that run uses.
make_lab() {
    lab check || exit
    [[ -x $roost ]] || { echo "# no program: $roost" && exit 1; }
    export LAB_DIR=$work.lab LAB_PREFIX=$1 LAB_NET=10.$((80 + RANDOM % 40)).$(($$ % 250))
    export LAB_BRIDGE=rt$$
    [[ ! -d ${OUT:-}/tests/lab ]] || LAB_BIN=$(readlink -f "$OUT/tests/lab")
    export LAB_BIN
    if ! lab up "$2" >"$work/out" 2>"$work/err"; then
        sed 's/^/# /' "$work/out" "$work/err"
        echo "not ok 1 - a lab of $2 hosts comes up"
        exit 1
    fi
    eval "$(lab env)"
    read -ra host <<<"$LAB_HOSTS"
    read -ra address <<<"$LAB_ADDRESSES"
    read -ra mac <<<"$LAB_MACS"
    conf=$LAB_CONF
    store=$LAB_STORE
}

# write_conf NAME <more lines: a configuration like the lab's own, with groups of its own added.
write_conf() {
    cat "$LAB_CONF" - >"$LAB_DIR/client/$1.conf"
    conf=$LAB_DIR/client/$1.conf
}

# ---- one promise each ----

# check PROMISE CONDITION...: shows what the last run said when the promise is broken.
check() {
    local promise=$1
    shift
    number=$((number + 1))
    if "$@"; then
        echo "ok $number - $promise ($took_ms ms)"
        return
    fi
    failed=1
    echo "not ok $number - $promise ($took_ms ms)"
    echo "# wanted: $*"
    echo "# exit status: $status"
    tail -n 30 "$work/out" | sed 's/^/# out: /'
    tail -n 30 "$work/err" | sed 's/^/# err: /'
    tail -n 15 "${journal:-/dev/null}" 2>/dev/null | sed 's/^/# journal: /'
}

finish() {
    echo "1..$number"
    exit "$failed"
}

all() { # CONDITION, each one word or a string for eval
    local condition
    for condition in "$@"; do
        eval "$condition" || return
    done
}

until_true() { # SECONDS CONDITION...
    local end=$(($(now_ms) + $1 * 1000))
    shift
    until "$@"; do
        (($(now_ms) < end)) || return 1
        sleep 0.05
    done
}

# ---- running roost ----

# run ARGUMENT...: with a limit well beyond what anything here may take; sets status and took_ms.
run() {
    local begin
    begin=$(now_ms)
    status=0
    timeout -k 5 "${LIMIT:-120}" "$roost" -c "$conf" "$@" >"$work/out" 2>"$work/err" || status=$?
    took_ms=$(($(now_ms) - begin))
}

# launch NAME ARGUMENT...: the same, in the background; settle NAME SECONDS waits for its end. The
# variable of that name is its process.
launch() {
    local name=$1
    shift
    "$roost" -c "$conf" "$@" >"$work/$name.out" 2>"$work/$name.err" &
    printf -v "$name" %d $!
    now_ms >"$work/$name.begin"
}

settle() {
    local name=$1 pid=${!1}
    if ! until_true "$2" is_gone "$pid"; then
        kill -KILL "$pid"
        echo "# $name did not end within $2 s"
    fi
    wait "$pid" 2>/dev/null
    status=$?
    took_ms=$(($(now_ms) - $(cat "$work/$name.begin")))
    cp "$work/$name.out" "$work/out"
    cp "$work/$name.err" "$work/err"
}

is_gone() { # PID; a zombie is gone as well
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
    stat=${stat##*) }
    [[ ${stat%% *} == Z ]]
}

ended() { ((status == $1)); }
out() { grep -qE -e "$1" "$work/out"; }
err() { grep -qE -e "$1" "$work/err"; }
silent() { [[ ! -s $work/$1 ]]; }
lines() { (($(wc -l <"$work/out") == $1)); }
# The last run took no longer than MS would be on a calm machine: enough to notice that something
# waited for a host that hangs, not to measure.
within() { # MS
    local load rest
    read -r load rest </proc/loadavg
    ((took_ms <= $1 * (1 + ${load%.*} / $(nproc))))
}
well() { ended 0 && silent err; }
refused() { ended 1 && err "^roost: .*$1"; }

# How many lines of the last list have VALUE in field NUMBER.
count() { # NUMBER VALUE
    awk -F '\t' -v field="$1" -v value="$2" '$field == value { n++ } END { print n + 0 }' "$work/out"
}
record() { # NAME: its line of the last list
    awk -F '\t' -v name="$1" '$1 == name' "$work/out"
}
field() { # NAME NUMBER
    record "$1" | cut -f "$2"
}

# ---- what is true, asked past roost ----

per_cpu() { awk -v share="$1" -v cpus="$(nproc)" 'BEGIN { print share * cpus }'; } # for lab load
is_on() { lab wait "$1" on 0 2>/dev/null; }
is_off() { lab wait "$1" off 0 2>/dev/null; }
count_on() { lab status | awk '$4 == "on"' | wc -l; }

runs() { # HOST VM
    lab exec "$1" timeout 20 virsh -q list --name 2>/dev/null | grep -qx -e "$2"
}
# Whether its libvirt has the VM's definition: seen on its disk, so that a host that is off or
# hangs can be asked.
knows() { # HOST VM
    [[ -e $LAB_DIR/hosts/$1/libvirt/qemu/$2.xml ]]
}
# The hosts that know the VM, running or not.
places() { # VM
    local name
    for name in "${host[@]}"; do
        if knows "$name" "$1"; then
            echo "$name"
        fi
    done
}
only_on() { # VM HOST
    [[ $(places "$1") == "$2" ]] && runs "$2" "$1"
}
# What libvirt says of it: "running (migrated)", or nothing when it cannot be asked.
state_of() { # HOST VM
    lab exec "$1" timeout 20 virsh -q domstate "$2" --reason 2>/dev/null | head -n 1
}
# The command of its qemu, one word a line; nothing when there is none.
qemu_words() { # HOST VM
    local init pid
    read -r _ _ init <"$LAB_DIR/hosts/$1/pid" &&
        pid=$(cat "/proc/$init/root/run/libvirt/qemu/$2.pid") &&
        tr '\0' '\n' <"/proc/$init/root/proc/$pid/cmdline"
} 2>/dev/null
# Whether it came here by migration and runs. The reason that libvirt keeps for its state is no proof:
# whatever event comes later replaces it (unpaused, and unknown once libvirtd was started again). A
# qemu that took its guest over from another was started with -incoming, and no other is. Says what
# it saw instead.
is_migrated() { # HOST VM
    local seen
    seen=$(state_of "$1" "$2")
    if [[ $seen == running* ]] && qemu_words "$1" "$2" | grep -qx -e -incoming; then
        return 0
    fi
    echo "# vm $2 on $1: state ${seen:-not told}, qemu:" \
        "$(qemu_words "$1" "$2" | grep -cx -e -incoming) times -incoming in" \
        "$(qemu_words "$1" "$2" | wc -l) words; started anew $(count_starts "$2") times"
    return 1
}
# How often its guest was started anew since the lab came up, on any host, as the logs of qemu tell
# that libvirt writes on each: whoever started it, and whatever became of it then.
count_starts() { # VM
    cat "$LAB_DIR"/hosts/*/log/libvirt/qemu/"$1".log 2>/dev/null | awk '
        /: starting up/ { starts++ }
        /^-incoming / { starts-- }
        END { print starts + 0 }'
}
not_restarted() { # VM...: since the lab came up
    local name starts
    for name; do
        starts=$(count_starts "$name")
        ((starts == 1)) || { echo "# vm $name was started $starts times" && return 1; }
    done
}
# Processes of the VM on all hosts: two would mean that it runs twice, or is on its way.
count_processes() { # VM
    lab status | awk -v vm="$1" '{ for (i = 7; i <= NF; i++) n += $i == vm } END { print n + 0 }'
}
# A guest that writes may be so short of CPU on a busy machine that it moves after all. Over a link as
# slow as this it does not, for longer than any test waits. For a VM on the host it is on, until its
# libvirtd begins anew; hurry takes it back, also in mid-migration.
stubborn() { # HOST VM
    lab exec "$1" virsh -q migrate-setspeed "$2" 2
}
hurry() { # HOST VM
    lab exec "$1" virsh -q migrate-setspeed "$2" 500
}
migrates() { # HOST VM: its migration has been under way for a pass over its memory
    local pass
    pass=$(lab exec "$1" virsh -q domjobinfo "$2" 2>/dev/null | awk '/^Iteration:/ { print $2 }')
    ((${pass:-0} >= ${3:-2}))
}
