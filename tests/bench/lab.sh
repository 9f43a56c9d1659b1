#!/bin/bash
# What roost takes on real hosts, each figure beside its budget, and beside what virsh takes for the
# same. This is `make bench-lab`; it makes a lab of its own and takes it away.
#
#   lab.sh [HOSTS [EACH]]    62 hosts; EACH (8) VMs at most on one, so that the least is HOSTS / EACH
#
# OUT is the build to measure. The machine's hosts, their VMs and roost share its processors: what
# is measured is all of it, not roost alone.
# shellcheck source-path=SCRIPTDIR/../lab source=../lab/testlib.sh disable=SC2154
. "$(dirname "$(readlink -f "$0")")/../lab/testlib.sh"

hosts=${1:-62} each=${2:-8}
least=$(((hosts + each - 1) / each))
rounds=${ROUNDS:-200} serial_moves=${SERIAL_MOVES:-8}

say() { # NAME VALUE UNIT [BUDGET]
    local over=""
    if [[ -n ${4:-} ]]; then
        over="  (budget $4 $3)"
        awk -v value="$2" -v budget="$4" 'BEGIN { exit !(value > budget) }' && over+="  OVER"
    fi
    printf 'lab: %-58s %10s %-4s%s\n' "$1" "$2" "$3" "$over"
}

die() {
    echo "lab: $*" >&2
    tail -n 20 "$work/out" "$work/err" >&2
    exit 1
}

seconds() { awk -v ms="$1" 'BEGIN { printf "%.1f", ms / 1000 }'; }

# ---- the lab ----

begin=$(now_ms)
make_lab bnc "$hosts"
say "$hosts hosts with a VM each come up" "$(seconds $(($(now_ms) - begin)))" s
# The hosts share the machine's memory: this many VMs are called all that one of them carries.
write_conf bench <<CONF
[limits]
vm_min_mib=$(awk -v each="$each" '/^MemTotal:/ { print int($2 / 1024 / each) }' /proc/meminfo)
CONF
export LAB_KEY LAB_KNOWN_HOSTS LAB_ADDRESSES

# ---- the driver ----

driver_figures() {
    local name value unit budget
    "$OUT/tests/lab/driver/bench_driver" "$rounds" >"$work/out" 2>"$work/err" ||
        die "bench_driver fails"
    while read -r name value unit budget; do
        [[ $budget != - ]] || budget=""
        [[ $unit != - ]] || unit=""
        case $name in
        connect-first) name="connect to all, whose daemons nobody has asked yet" ;;
        connect) name="connect to all, from nothing" ;;
        connect-cpu) name="  of it roost's own CPU time" ;;
        refresh-median) name="refresh of all, connected: median of $rounds" ;;
        refresh-p99) name="  99th percentile" ;;
        refresh-best) name="  the best" ;;
        refresh-cpu) name="  roost's own CPU time, user and kernel" ;;
        refresh-kernel) name="  of it in the kernel" ;;
        rss) name="resident memory, libraries' pages included" ;;
        pss) name="  its share of them counted only" ;;
        private) name="  private and written to" ;;
        threads) name="threads between two refreshes" ;;
        esac
        say "$name" "$value" "$unit" "$budget"
    done <"$work/out"
}
driver_figures

# ---- the same refresh by virsh ----

# One virsh for each host, over ssh, for what one refresh asks of libvirt.
virsh_refresh() { # AT-ONCE
    local begin
    begin=$(now_ms)
    # shellcheck disable=SC2086 # a list
    printf '%s\n' $LAB_ADDRESSES | xargs -P "$1" -I{} virsh -q -c \
        "qemu+ssh://root@{}/system?command=$LAB_SSH" domstats --state --cpu-total --balloon \
        >"$work/out" 2>"$work/err" || die "virsh fails"
    echo $(($(now_ms) - begin))
}
say "the same of libvirt by $hosts virsh, all at once" "$(virsh_refresh "$hosts")" ms
say "  one after the other" "$(virsh_refresh 1)" ms

# ---- moves ----

run add-node "${address[@]}"
ended 0 || die "add-node fails"
say "add-node of all" "$(seconds "$took_ms")" s

run migrate "${host[1]}" "${host[0]}"
ended 0 || die "migrate fails"
say "one migration, from the command line" "$took_ms" ms
run migrate "${host[1]}" "${host[1]}"
ended 0 || die "migrate back fails"

# How many lines of begun and not yet ended moves there were at most.
most_at_once() {
    awk '/ start vm / { n++; if (n > most) most = n } / (done|failed|cancelled) vm / { n-- }
        END { print most + 0 }' "$work/out"
}
count_moves() { grep -c ' done vm ' "$work/out"; }

# CPU time and memory of the run: times are of all children, the last one's is the difference.
with_usage() { # ARGUMENT...
    local begin
    begin=$(now_ms)
    status=0
    /usr/bin/env bash -c 'TIMEFORMAT="%U %S"; time "$@" >"$0.out" 2>"$0.err"' "$work/goal" \
        "$roost" -c "$conf" "$@" 2>"$work/times" || status=$?
    took_ms=$(($(now_ms) - begin))
    cp "$work/goal.out" "$work/out"
    cp "$work/goal.err" "$work/err"
    cpu=$(awk 'END { printf "%.1f", $1 + $2 }' "$work/times")
}

# VMs on it, but its own, that were booted there: a move would have left another reason.
count_booted() { # HOST
    # shellcheck disable=SC2016 # expanded in the host
    lab exec "$1" sh -c 'for vm in $(virsh -q list --name); do
        [ "$vm" = "$1" ] || virsh -q domstate "$vm" --reason; done' sh "$1" | grep -c '(booted)'
}

count_restarted() {
    local name sum=0
    for name in "${host[@]}"; do
        ! is_on "$name" || sum=$((sum + $(count_booted "$name")))
    done
    echo "$sum"
}

with_usage compact
ended 0 || die "compact fails"
on=$(count_on)
say "compact: $hosts hosts to $on on" "$(seconds "$took_ms")" s 300
say "  moves" "$(count_moves)" ""
say "  most at once" "$(most_at_once)" ""
say "  VMs restarted" "$(count_restarted)" ""
say "  roost's own CPU time" "$cpu" s
((on == least)) || echo "lab: compact leaves $on on, not $least"

with_usage normalize
ended 0 || die "normalize fails"
say "normalize: $on hosts to $(count_on) on" "$(seconds "$took_ms")" s 300
say "  moves" "$(count_moves)" ""
say "  most at once" "$(most_at_once)" ""
say "  roost's own CPU time" "$cpu" s

# ---- the same moves by virsh ----

# As the thesis would by hand: one after the other. A few are enough to tell what all would take.
virsh_moves() {
    local i begin
    begin=$(now_ms)
    for ((i = 1; i <= serial_moves; i++)); do
        virsh -q -c "qemu+ssh://root@${address[i]}/system?command=$LAB_SSH" migrate --live \
            --persistent --undefinesource "${host[i]}" \
            "qemu+ssh://root@${address[0]}/system?command=$LAB_SSH" "tcp://${address[0]}" \
            >"$work/out" 2>"$work/err" || die "virsh migrate fails"
    done
    echo $(($(now_ms) - begin))
}
((serial_moves < hosts)) || serial_moves=$((hosts - 1))
took=$(virsh_moves)
say "$serial_moves moves by virsh migrate, one after the other" "$(seconds "$took")" s
say "  so $((hosts - least)) of them" "$(seconds $((took * (hosts - least) / serial_moves)))" s
