#!/bin/bash
# Real hosts: a night by hand. Eight hosts become one, and eight again; what must not be switched
# off stays on; a host that is over is relieved.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
make_lab nig 8
run add-node "${address[@]}"
check "eight hosts" all well 'lines 8'

off_but_first() {
    local name
    is_on "${host[0]}" || return
    for name in "${host[@]:1}"; do
        is_off "$name" || return
    done
}
all_on_first() {
    local name
    lab exec "${host[0]}" timeout 30 virsh -q list --name | sed '/^$/d' | sort >"$work/running"
    if ! diff <(printf '%s\n' "${host[@]}" | sort) "$work/running" >"$work/differ"; then
        sed "s/^/# running on ${host[0]}, < wanted, > seen: /" "$work/differ"
        return 1
    fi
    for name in "${host[@]:1}"; do
        is_migrated "${host[0]}" "$name" || return
    done
    not_restarted "${host[@]}"
}
everyone_home() {
    local name
    for name in "${host[@]}"; do
        only_on "$name" "$name" || return
    done
}

# ---- eight become one ----

run compact --dry-run
check "compact --dry-run tells each move and each switch-off" all well \
    '(($(grep -c "^[0-9]*\. vm .* to ${host[0]}" "$work/out") == 7))' \
    '(($(grep -c "^[0-9]*\. switch off" "$work/out") == 7))'
check "and does nothing" all everyone_home '(($(count_on) == 8))'
run plan --script
check "plan --script is a shell script" all well 'sh -n "$work/out"'
run compact
check "compact" all well 'within 60000'
check "told each move as it began and ended" all \
    '(($(grep -c "start vm .* to ${host[0]}" "$work/out") == 7))' \
    '(($(grep -c "done vm .* to ${host[0]}" "$work/out") == 7))' \
    '(($(grep -c "done switch off" "$work/out") == 7))'
check "one host is left on, the manager; the others are really off" off_but_first
check "it runs all eight VMs, none of them restarted" all_on_first
run list Off
check "list Off: seven" all well 'lines 7' '(($(count 3 off) == 7))' 'within 6000'
run list VM
check "list VM: all on the first" all well 'lines 8' '(($(count 2 "${host[0]}") == 8 && $(count 3 running) == 8))'
run compact
check "compact again: nothing is left to do" all well '! out start' 'within 20000'
cp "$store/ClusterInfo.xml" "$work/night.xml"

# ---- waking ----

run wake "${host[3]}" --dry-run
check "wake --dry-run wakes nobody" all well 'out "would wake ${host[3]}"' 'is_off "${host[3]}"'
run wake "${host[3]}"
check "a host is woken, and has answered" all well 'is_on "${host[3]}"' 'within 10000'
run wake "${host[3]}"
check "one that is on is not" refused "${host[3]}"
run off "${host[0]}"
check "the manager is never switched off" all 'refused "${host[0]}"' 'is_on "${host[0]}"'
run off "${host[3]}" --dry-run
check "off --dry-run switches nothing off" all well 'is_on "${host[3]}"'
lab wol "${host[2]}" d
write_conf impatient <<-CONF
	[power]
	boot_timeout=3 s
	wake_tries=2
CONF
run wake "${host[2]}" "${host[4]}"
check "a host that does not wake is given up aloud, another comes all the same" all 'ended 1' \
    'err "${host[2]}"' 'is_off "${host[2]}"' 'is_on "${host[4]}"' 'within 15000'
lab wol "${host[2]}" none
conf=$LAB_CONF

# ---- eight again ----

run normalize --dry-run
check "normalize --dry-run wakes nobody" all well '(($(count_on) == 3))'
run normalize
check "normalize" all well 'within 60000'
check "told each wake and each move" all '(($(grep -c "done wake" "$work/out") == 5))' \
    '(($(grep -c "done vm" "$work/out") == 7))'
check "all hosts are on" [ "$(count_on)" = 8 ]
check "and every VM is home, and only there" everyone_home
run list
check "list: all on, one VM each" all well 'lines 8' '(($(count 3 on) == 8))' \
    '(($(cut -f 6 "$work/out" | grep -c ^1/) == 8))'
run normalize
check "normalize again: nothing is left to do" all well '! out start' 'within 20000'

# ---- what must not be switched off ----

lab login "${host[5]}" anna
run off "${host[5]}"
check "off: not while it runs a VM" refused "${host[5]}"
lab wol "${host[6]}" d
run refresh
run compact
check "compact: where anna is logged in, and what cannot be woken, stays on" all \
    'is_on "${host[5]}"' 'is_on "${host[6]}"' '(($(count_on) == 3))'
cat "$work/out" "$work/err" >"$work/said"
check "and it says why" all 'grep -q "${host[5]}.*anna" "$work/said"' \
    'grep -qi "${host[6]}.*\(wake\|woken\)" "$work/said"'
lab logout "${host[5]}" anna
lab wol "${host[6]}" none

# ---- relief ----

run normalize
run migrate "${host[1]}" "${host[0]}"
run off "${host[1]}"
check "an empty host is switched off" all well 'is_off "${host[1]}"' 'within 40000'
for name in "${host[@]:1}"; do
    lab load "$name" "$(per_cpu 9)"
done
lab load "${host[0]}" "$(per_cpu 12)"
run plan
check "one host over, none under: the plan is to wake one for its lightest VM" all well \
    'out "wake ${host[1]}"' 'out "vm (${host[0]}|${host[1]}) from ${host[0]} to ${host[1]}"'
lab load "${host[1]}" 0.05
run compact
check "compact wakes it and moves the VM" all well 'out "done wake ${host[1]}"' \
    'out "done vm (${host[0]}|${host[1]}) from ${host[0]} to ${host[1]}"'
check "which leaves the host one" [ "$(lab exec "${host[0]}" virsh -q list --name | grep -c .)" = 1 ]

# ---- pairs, on four of them ----

for name in "${host[@]}"; do
    lab load "$name" 0.05
done
run normalize
sed 's/^store=.*/store=four/' "$LAB_CONF" >"$LAB_DIR/client/four.conf"
conf=$LAB_DIR/client/four.conf
run add-node "${address[@]:0:4}"
check "a cluster of four" all well 'lines 4' '(($(count_on) == 8))'
run compact --policy pairs
check "pairs packs them too" all well 'within 60000' \
    '(($(lab exec "${host[0]}" virsh -q list --name | grep -c .) == 4))'
check "three hosts are off; those of no concern are not touched" \
    all '(($(count_on) == 5))' 'is_off "${host[1]}"' 'is_off "${host[3]}"' 'is_on "${host[4]}"'
run normalize --policy pairs
check "and home again" all well '(($(count_on) == 8))' everyone_home
finish
