#!/bin/bash
# Real hosts, and an operator who edits ClusterInfo.xml while a console runs.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
# shellcheck source-path=SCRIPTDIR source=tmuxlib.sh
. "$here/tmuxlib.sh"
make_lab fed 3
xml=$store/ClusterInfo.xml journal=$store/journal.log
run add-node "${address[@]}"
check "three hosts" all well 'lines 3'
open_console 100 24
check "the console shows them" until_true 15 shows '3 on'

# ---- edited by hand while the console runs ----

sed -i "s/<vm name=\"${host[2]}\"/& pin=\"${host[2]}\"/; s/<host name=\"${host[1]}\"/& note=\"fan is loud\"/" "$xml"
check "a pin written by hand is taken over, and told" until_true 25 \
    grep -q "object=\"vm ${host[2]}\".*its pin is now ${host[2]}" "$journal"
check "a note too" until_true 5 grep -q "object=\"host ${host[1]}\".*its note is now fan is loud" "$journal"
still_there() {
    [[ $(xmllint --xpath "string(//vm[@name='${host[2]}']/@pin)" "$xml" 2>/dev/null) == "${host[2]}" &&
        $(xmllint --xpath "string(//host[@name='${host[1]}']/@note)" "$xml" 2>/dev/null) == "fan is loud" ]]
}
inode=$(stat -c %i "$xml")
saved_again() { [[ $(stat -c %i "$xml") != "$inode" ]]; }
check "after the console saved again, both are still there" all 'until_true 30 saved_again' still_there
printf '<cluster><host' >"$xml"
check "one that was broken by hand is told" until_true 45 grep -q 'alarm=yes.*not written over' "$journal"
check "and is not written over" [ "$(cat "$xml")" = '<cluster><host' ]
rm "$xml"
check "moved away, the cluster is saved anew, with what the operator wrote" until_true 30 still_there
keys q
check "q leaves" until_true 10 shows 'status 0'

finish
