#!/bin/bash
# Real hosts, and two consoles at once.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
make_lab ftw 6
journal=$store/journal.log
run add-node "${address[@]}"
check "six hosts" all well 'lines 6'
lab vm "${host[1]}" busy --dirty
stubborn "${host[1]}" busy
one_process() { (($(count_processes busy) == 1)); }
write_conf once <<-CONF
	[migration]
	tries=1
	timeout=60 s
CONF

# ---- both move the same VM ----

launch one migrate busy "${host[2]}"
launch two migrate busy "${host[3]}"
until_true 20 migrates "${host[1]}" busy 1
until_true 5 eval 'is_gone "$one" || is_gone "$two"' # the loser; the winner goes on
hurry "${host[1]}" busy
settle one 120
cp "$work/out" "$work/one.said" && cat "$work/err" >>"$work/one.said" && one_status=$status
settle two 120
two_status=$status
cat "$work/err" >>"$work/out"
check "two consoles told to move the same VM: one does" [ $((one_status + two_status)) -eq 1 ]
winner=${host[2]} loser=$work/out
((one_status == 0)) || { winner=${host[3]} && loser=$work/one.said; }
check "it is where that one took it, once, and live" all 'until_true 30 one_process' \
    'only_on busy "$winner"' 'is_migrated "$winner" busy' 'not_restarted busy'
check "the other says what was in its way" grep -qE \
    'vm busy.*(is being moved|another migration|migration job|does not run on|it is on .* already)' "$loser"
sed 's/^/# the other said: /' "$loser"

# ---- both compact ----

conf=$LAB_CONF
launch one compact
launch two compact
settle one 150
cp "$work/err" "$work/one.said" && cat "$work/out" >>"$work/one.said"
check "two consoles compact at once: the one ends" all '((status <= 1))'
settle two 150
check "so does the other" all '((status <= 1))'
run compact
check "whatever they left is compacted by a third" all 'ended 0' 'is_on "${host[0]}"'
run list VM
all_run() { (($(count 3 running) == 7)); }
check "every VM runs" all well 'lines 7' all_run
once_each() {
    local name
    for name in "${host[@]}" busy; do
        (($(count_processes "$name") == 1)) || { echo "# vm $name: $(count_processes "$name") processes" && return 1; }
    done
}
check "each once, and none was restarted" all once_each 'not_restarted busy "${host[@]}"'
check "what they wrote is whole" all 'xmllint --noout "$store/ClusterInfo.xml"' \
    '! grep -vqE "^time=[0-9TZ:-]+ who=.* text=.*$" "$journal"'
finish
