#!/bin/bash
# Real hosts and the store: what the operator keeps holds, definitions are as the hosts have them,
# and damage to its files is survived.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034,SC2154
. "$(dirname "$0")/testlib.sh"
make_lab sto 4
xml=$store/ClusterInfo.xml journal=$store/journal.log
run add-node "${address[@]}"
check "four hosts" all well 'lines 4'
check "what is written is as the published schema says" \
    xmllint --noout --schema "$here/../../schema/ClusterInfo.xsd" "$xml" "$store"/Nodes/*.xml 2>/dev/null

# ---- definitions ----

same_definition() { # NUMBER: as virsh gives it, secrets and all
    "$LAB_SSH" "${host[$1]}" virsh dumpxml --inactive --security-info "${host[$1]}" |
        diff -wB - "$store/VM/${host[$1]}.xml" >/dev/null
}
run refresh
check "refresh keeps each VM's definition, and says so" all 'ended 0' \
    'out "vm ${host[0]}: its definition was not kept"' 'out "vm ${host[3]}: its definition was not kept"'
check "they are what the hosts themselves say" all 'same_definition 0' 'same_definition 3'
check "nobody else may read them" [ "$(stat -c %a "$store/VM/${host[0]}.xml")" = 600 ]
run refresh
check "and nothing is told twice" all well 'out " 0 differences"'
"$LAB_SSH" "${host[1]}" virsh desc "${host[1]}" --config --new-desc changed >/dev/null
run refresh
check "one that was changed there is read anew" all well 'out "vm ${host[1]}: its definition was kept otherwise"' \
    'same_definition 1'

# ---- what the operator keeps ----

run pin "${host[2]}"
check "a VM is pinned to its host" all well 'out "pin ${host[2]}"'
run migrate "${host[2]}" "${host[0]}"
check "and does not leave it" refused pinned
run apart dns "${host[0]}" "${host[1]}"
check "two VMs are kept apart" well
run migrate "${host[0]}" "${host[1]}"
check "and do not come together" refused "kept apart"
run note "${host[0]}" the fan is loud
run note "${host[0]}"
check "a note is kept" all well 'out "^the fan is loud$"'
LIMIT=400 run compact
check "compact" ended 0
run find "${host[2]}"
check "respects the pin" all well '[[ $(field "${host[2]}" 2) == "${host[2]}" ]]'
LIMIT=400 run normalize
check "all hosts are on again" ended 0

# ---- maintenance ----

run drain "${host[3]}"
check "drain moves the VMs away, and waits for it" all well 'out "host ${host[3]}: empty, in maintenance"'
check "there is none left on it" [ -z "$("$LAB_SSH" "${host[3]}" virsh list --name | grep .)" ]
run drain "${host[2]}"
check "what is pinned stays, and is told" all 'ended 1' 'out "left: .*pinned"' 'err "1 VM is still there"'
run undrain "${host[2]}" "${host[3]}"
check "undrain takes it back" all well 'out "host ${host[3]}: out of maintenance"'

# ---- hosts that leave ----

run del-node "${host[2]}"
check "a host that runs a VM is not taken out" refused "runs 1 VM .*drain it first"
run drain "${host[3]}"
run del-node "${host[3]}"
check "one that was drained is" all well 'out "host ${host[3]}: taken out"'
check "its file is gone, and nothing was done to it" all '[[ ! -e $store/Nodes/${address[3]}.xml ]]' \
    'is_on "${host[3]}"'
run list
check "it is in no list any more" all well 'lines 3' '[[ -z $(record "${host[3]}") ]]'
run del-node --force "${host[0]}"
check "by force one goes with its VM, and its role is another's" all well 'out "vm .*goes on on ${host[0]}"' \
    'out "host ${host[1]}: is the manager now"'
check "the VM runs on" [ -n "$("$LAB_SSH" "${host[0]}" virsh list --name | grep .)" ]

# ---- damage ----

printf '<cluster>\n<host name=' >"$xml"
run note "${host[1]}" after the damage
check "a damaged file is told with its line, and the last good copy used" all 'ended 0' \
    'err "ClusterInfo.xml:2:.*last good copy"' 'err "kept as .*damaged-"'
run note "${host[1]}"
check "then all is well again" all well 'out "^after the damage$"'
check "the damaged one is kept" grep -q '<host name=' "$store"/ClusterInfo.xml.damaged-*
check "and the file is right" xmllint --noout --schema "$here/../../schema/ClusterInfo.xsd" "$xml" 2>/dev/null
name=$(xmllint --xpath 'string(/cluster/@name)' "$xml")
run reset
check "reset wants to be confirmed" all 'ended 2' 'err "--confirm"'
run reset --confirm "$name"
check "it forgets the hosts, and keeps what was" all well 'out "2 hosts"' \
    'grep -q "<host" "$store"/ClusterInfo.xml.reset-*'
run add-node "${address[1]}"
check "a host can be added again" all well 'lines 1'

finish
