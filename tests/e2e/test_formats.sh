#!/bin/bash
# Listings as XML and JSON, read by programs that know nothing of roost: xmllint and jq.
# shellcheck disable=SC2016,SC2317 # conditions are called, and expanded, by check
command -v xmllint >/dev/null || { echo "1..0 # SKIP xmllint is not installed"; exit 77; }
command -v jq >/dev/null || { echo "1..0 # SKIP jq is not installed"; exit 77; }
# shellcheck source=tests/e2e/command_lib.sh
. "$(dirname "$0")/command_lib.sh"

is() { [ "$1" = "$2" ]; }
xpath() { xmllint --xpath "$1" "$work/out" 2>/dev/null; }
json() { jq -r "$1" "$work/out"; }
whole_xml() { xmllint --noout "$work/out"; }

run --lab ercolani list --format xml
check "hosts as XML" eval 'ended 0 && whole_xml && is "$(xpath "count(/roost[@version=1]/hosts/host)")" 62'
check "with attributes by name" eval 'is "$(xpath "string(//host[5]/@address)")" 10.0.0.5'
check "what is nothing is not there" eval 'is "$(xpath "count(//host/@remarks)")" 0'
run --lab ercolani list --format json
check "hosts as JSON" eval 'ended 0 && is "$(json ".version, (.hosts | length)" | xargs)" "1 62"'
check "numbers are numbers" eval 'is "$(json ".hosts[4] | [.load, .vms, .\"vms-most\", .\"mem-mib\"] | map(type) | unique[]")" number'
check "nobody logged in is an empty list" eval 'is "$(json ".hosts[4].users | length")" 0'
check "flags are true or false" eval 'is "$(json ".hosts[4].maintenance")" false'
check "what is nothing is null" eval 'is "$(json ".hosts[4].remarks")" null'
run --lab small list vm --format json
check "VMs as JSON" eval 'ended 0 && is "$(json "[.vms[].host] | join(\" \")")" "pc01 pc02 pc03 pc04 pc05 pc06 pc07 pc08"'
run --lab small list off --format json
check "an empty list is an empty array" eval 'ended 0 && is "$(json ".hosts | length")" 0'
run --lab small list off --format xml
check "and an empty element" eval 'ended 0 && is "$(xpath "count(/roost/hosts[not(*)])")" 1'
run --lab small list pc03 --format xml
check "a host comes with its VMs" eval 'is "$(xpath "string(//vm[@host=//host/@name]/@name)")" pc03'
run --lab small find pc04 --format json
check "find as JSON" eval 'is "$(json ".vms[0] | .name + .address + .state")" pc0410.0.0.4running'
run --lab small find pc99 --format json
check "what fails prints no document, and says why" eval 'ended 1 && [ ! -s "$work/out" ] && grep -q pc99 "$work/err"'
run --lab small show pc04 --format json
check "a VM's disks as JSON" eval 'ended 0 && is "$(json ".disks[0] | .source + .place + (.\"size-mib\" | tostring)")" /srv/vms/pc04.qcow2shared4096 && is "$(json ".interfaces | length")" 1'
run --lab small show pc04 --format xml
check "and as XML" eval 'ended 0 && whole_xml && is "$(xpath "string(//disk/@format)")" qcow2 && is "$(xpath "string(//screen/@port)")" 5900'
run --lab small plan --format xml
check "a plan as XML" eval 'ended 0 && whole_xml && [ "$(xpath "count(//step[@action=\"off\"])")" -ge 1 ]'
run --lab small plan --format json
check "a plan as JSON" eval 'is "$(json ".steps[0].number")" 1 && is "$(json ".\"left-alone\" | type")" array'
run --lab small plan --script --format json
check "a script has no other format" ended 2
run --lab small doctor pc01 --format json
check "what doctor finds as JSON" eval '[ "$(json ".findings | length")" -ge 5 ] && is "$(json ".findings[0].host")" pc01'
run --lab small list --format yaml
check "a format that is none is wrong usage" eval 'ended 2 && grep -q "text, xml or json" "$work/err"'
run --lab small migrate pc01 pc02 --format json
check "a verb that lists nothing has no format" ended 2

cat >"$work/hostile.xml" <<'END'
<cluster name="hostile">
  <host name="pc01" address="10.0.0.1" state="on" cpus="2" mem-mib="2048" note="a&lt;b&amp;&quot;c&quot; \ 'd'">
    <vm name="名前&lt;&amp;&gt;&quot;'\" state="running" mem-mib="256" home="pc01"/>
    <vm name="]]&gt;--&gt;" state="running" mem-mib="256" home="pc01"/>
  </host>
</cluster>
END
run --lab "$work/hostile.xml" list vm --format json
check "hostile names in JSON come back as they are" \
    eval 'is "$(json ".vms[0].name")" "名前<&>\"'"'"'\\" && is "$(json ".vms[1].name")" "]]>-->"'
run --lab "$work/hostile.xml" list vm --format xml
check "and in XML" eval 'is "$(xpath "string(//vm[1]/@name)")" "名前<&>\"'"'"'\\"'
run --lab "$work/hostile.xml" list pc01 --format json
check "and notes" eval 'is "$(json ".hosts[0].note")" "a<b&\"c\" \\ '"'d'"'"'

finish
