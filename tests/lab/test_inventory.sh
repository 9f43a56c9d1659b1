#!/bin/bash
# Real hosts: taking them in, refusing what cannot be, looking, and what is written.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
make_lab inv 7
six=("${address[@]:0:6}")
last=${host[6]} last_address=${address[6]}

# ---- taking in ----

run list
check "an empty cluster lists nothing" all well 'lines 0'
run add-node "${six[@]}"
check "six hosts are added at once" all well 'lines 6' 'within 5000'
cp "$store/ClusterInfo.xml" "$work/before.xml"
run add-node "${six[@]}"
all_known() { (($(grep -c 'already' "$work/err") == 6)); }
check "and refused when they are in already" all 'refused already' all_known 'silent out'
check "which changes nothing" diff -q <(sed 's/written="[^"]*"//' "$work/before.xml") \
    <(sed 's/written="[^"]*"//' "$store/ClusterInfo.xml")
run add-node "$LAB_NET.99"
check "an address where nothing lives is refused" all 'refused "$LAB_NET.99"' 'within 15000'
run add-node not-an-address
check "and so is what is no address" refused 'not-an-address'

grep -vF "$last_address" "$LAB_KNOWN_HOSTS" >"$LAB_DIR/client/six_hosts"
sed 's/^known_hosts=.*/known_hosts=six_hosts/' "$LAB_CONF" >"$LAB_DIR/client/six.conf"
conf=$LAB_DIR/client/six.conf
run add-node "$last_address"
check "a host whose key is not known is refused, with the reason" all \
    'refused "$last_address.*(host key|known_hosts)"' 'within 5000'
{
    cat "$LAB_DIR/client/six_hosts"
    sed -n "s/.*$last_address \(.*\)/$last_address \1/p" "$LAB_KNOWN_HOSTS" |
        cut -d' ' -f1,2 | tr '\n' ' '
    grep -F "$LAB_NET.101 " "$LAB_KNOWN_HOSTS" | cut -d' ' -f3
} >"$LAB_DIR/client/false_hosts"
sed 's/^known_hosts=.*/known_hosts=false_hosts/' "$LAB_CONF" >"$LAB_DIR/client/false.conf"
conf=$LAB_DIR/client/false.conf
run add-node "$last_address"
check "one whose key is another's is refused" all \
    'refused "$last_address.*key"' '! out added' 'within 5000'
sed 's/^identity=.*/identity=nobody/' "$LAB_CONF" >"$LAB_DIR/client/nobody.conf"
ssh-keygen -q -t ed25519 -N '' -C nobody -f "$LAB_DIR/client/nobody"
conf=$LAB_DIR/client/nobody.conf
run add-node "$last_address"
check "one that does not let us in is refused" all 'refused "$last_address.*(key|identity)"' 'within 5000'
conf=$LAB_CONF
run add-node "$LAB_NET.98" "$last_address"
check "one that cannot be added keeps no other out" all 'refused "$LAB_NET.98"' 'out "^added $last "'

# ---- looking ----

all_on() { (($(count 3 on) == 7 && $(count 6 1/"$most") == 7)); }
run list
most=$(field "$last" 6 | cut -d/ -f2)
check "list tells all hosts, each on with its VM" all well 'lines 7' all_on 'within 2500'
check "the first is the manager, the others are not" all \
    '[[ $(field "${host[0]}" 9) == manager ]]' '(($(count 9 node) == 6))'
run list VM
all_home() { awk -F '\t' '!($1 == $2 && $3 == "running" && $4 == 32 && $7 == $1) { exit 1 }' "$work/out"; }
check "list VM tells all VMs, each running at home" all well 'lines 7' all_home
run list "${host[2]}"
check "list HOST tells it and its VM" all well 'lines 2' '(($(count 1 "${host[2]}") == 2))'
cp "$work/out" "$work/by_name"
run list "${address[2]}"
check "by address as well" all well '[[ $(cut -f 1-2 "$work/out") == $(cut -f 1-2 "$work/by_name") ]]'
run list off
check "list Off: none" all well 'lines 0'
run list nowhere
check "a host that is not in the cluster" refused 'nowhere'
run find "${host[4]}"
check "find tells host, address and state" all well \
    '[[ $(cat "$work/out") == "${host[4]}	${host[4]}	${address[4]}	running" ]]'
run find nobody
check "find tells that there is no such VM" refused 'nobody'
lab load "${host[1]}" 0.2 0.3 1.5
run list
check "the load is loadavg15 by the number of CPUs" \
    [ "$(field "${host[1]}" 5)" = "$(awk -v n="$(nproc)" 'BEGIN { printf "%.2f", int(1500 / n) / 1000 - 0.0049 }')" ]
lab load "${host[1]}" 0.05
lab login "${host[1]}" anna
run list
check "who is logged in, from where and since when" eval '[[ $(field "${host[1]}" 8) == "anna (pts/0, from lab, since "* ]]'
lab logout "${host[1]}" anna

# ---- what is written ----

xml=$store/ClusterInfo.xml
xpath() { xmllint --xpath "string($1)" "$2"; }
complete_hosts() {
    local i
    for ((i = 0; i < 7; i++)); do
        [[ $(xpath "//host[@name='${host[i]}' and @cpus='$(nproc)' and (@mem-mib>1000 or @mem-kib>1000000)]/@address" "$xml") == \
            "${address[i]}" &&
            $(xpath "//host[@name='${host[i]}']/@mac" "$xml") == "${mac[i]}" &&
            $(xpath "//host[@name='${host[i]}']/@state" "$xml") == on ]] || return
    done
}
complete_vms() {
    local i
    for ((i = 0; i < 7; i++)); do
        [[ $(xpath "count(//host[@name='${host[i]}']/vm[@name='${host[i]}' and @mem-mib='32' and \
            @home='${host[i]}' and @vcpus='1' and @state='running' and string-length(@mac)=17 and \
            string-length(@uuid)=36])" "$xml") == 1 ]] || return
    done
}
nodes_match() {
    local i
    (($(find "$store/Nodes" -type f | wc -l) == 7)) || return
    for ((i = 0; i < 7; i++)); do
        xmllint --noout "$store/Nodes/${address[i]}.xml" &&
            [[ $(xpath "//host/@name" "$store/Nodes/${address[i]}.xml") == "${host[i]}" &&
                $(xpath "//host/vm/@name" "$store/Nodes/${address[i]}.xml") == "${host[i]}" ]] || return
    done
}
check "ClusterInfo.xml is XML" xmllint --noout "$xml"
check "with every fact of each host" complete_hosts
check "with every fact of each VM" complete_vms
check "one manager" [ "$(xpath "count(//host[@role='manager'])" "$xml")" = 1 ]
check "Nodes/ADDRESS.xml for each host" nodes_match
check "and nothing else is left there" \
    [ "$(cd "$store" && find . -type f ! -path './Nodes/*' ! -path './VM/*' | sort | tr '\n' ' ')" = \
    "./ClusterInfo.xml ./ClusterInfo.xml.good ./history.log ./journal.log " ]

# ---- what is written against what is true ----

run refresh
check "refresh: nothing has changed" all well 'out " 0 differences"'
lab exec "${host[5]}" virsh -q migrate --live --persistent --undefinesource --p2p "${host[5]}" \
    "qemu+ssh://root@${host[4]}/system"
run refresh
check "refresh: a VM moved behind our back" all well 'out "vm ${host[5]}: running on ${host[4]}, was written on ${host[5]}"'
run find "${host[5]}"
check "and there it is found" all well 'out "^${host[5]}	${host[4]}	"'
run list "${host[4]}"
check "still at home where it was" [ "$(grep -c "	${host[5]}" "$work/out")" = 1 ]

finish
