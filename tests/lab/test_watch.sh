#!/bin/bash
# Real hosts, a manager without a screen, and those that follow it: verbs by its socket and by the
# store, and a console; the manager killed, and another come.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034,SC2154
. "$(dirname "$0")/testlib.sh"
# shellcheck source-path=SCRIPTDIR source=tmuxlib.sh
. "$here/tmuxlib.sh"
make_lab fwa 3
journal=$store/journal.log
write_conf watch <<-CONF
	[automatic]
	poll=4 s
	[hours]
	open=Mon-Sun 00:00-24:00
	[migration]
	auto_converge=false
	tries=1
CONF
run add-node "${address[@]}"
check "three hosts" all well 'lines 3'
fact() { awk -F '\t' -v name="$1" '$1 == name { print $2; exit }' "$work/out"; }
says() { run status && [[ $(fact "$1") == "$2" ]]; }
job_is() { [[ $(awk -F '\t' -v id="$1" '$1 == id { print $2 }' "$work/out") == "$2" ]]; }
# As if on another machine: the manager's socket is not there.
by_store() {
    local begin
    begin=$(now_ms)
    status=0
    timeout -k 5 120 unshare -m sh -c 'mount -t tmpfs none /run/roost && exec "$@"' sh \
        "$roost" -c "$conf" "$@" >"$work/out" 2>"$work/err" || status=$?
    took_ms=$(($(now_ms) - begin))
}

# ---- nobody ----

run status
check "nobody is the manager" all well '[[ $(fact manager) == none ]]' '[[ $(fact hosts-on) == 3 ]]'
run mode always
check "a mode is nobody's then" refused 'there is no manager'
run jobs
check "nor has anybody jobs" all well 'silent out'

# ---- a manager ----

launch manager run
check "a manager is followed by its socket" until_true 20 says way socket
check "it is roost run, in manual mode" all '[[ $(fact manager-kind) == run ]]' \
    '[[ $(fact mode) == manual ]]' '[[ $(fact vms-running) == 3 ]]'
fence=$(fact fence)
written=$(stat -c %Y "$store/ClusterInfo.xml")
run migrate "${host[0]}" "${host[1]}"
check "a migration by a verb is the manager's job" all 'ended 0' 'out "done in"' \
    'only_on "${host[0]}" "${host[1]}"'
run jobs
check "which its list of jobs tells" all well 'job_is 1 done'
grep -q 'job=1.*result=done\|result=done.*job=1' "$journal"
check "and its journal, once" [ "$(grep -c 'what=migrate.*result=done' "$journal")" -eq 1 ]
by_store migrate "${host[0]}" "${host[0]}"
check "without the socket it goes by the store" all 'ended 0' 'only_on "${host[0]}" "${host[0]}"'
by_store jobs
check "and says so" all well 'job_is 2 done' 'out "via the store"'
by_store status
check "status too" all well '[[ $(fact way) == store ]]'
check "nothing is left in the directories" \
    [ "$(find "$store/Manager/orders" "$store/Manager/taken" "$store/Manager/answers" -type f | wc -l)" -eq 0 ]
run migrate "${host[0]}" "${host[0]}"
check "what cannot be is refused at once" refused 'runs on|already'
run mode hours
check "the mode is the manager's" all well 'says mode hours'
run mode manual
check "and back" all well 'says mode manual'
run policy pairs
check "so is the policy" all well 'says policy pairs'
run policy pack

# ---- cancelling ----

lab vm "${host[1]}" busy --dirty
stubborn "${host[1]}" busy
knows_busy() { run find busy && out '^busy'; }
check "a VM that is new is seen" until_true 20 knows_busy
launch move migrate --force busy "${host[2]}"
check "a long migration" until_true 20 migrates "${host[1]}" busy 1
shows_running() { run jobs && out '	running	.*	busy	'; }
check "is seen under way by another verb" until_true 10 shows_running
id=$(awk -F '\t' '$4 == "busy" { print $1 }' "$work/out")
run cancel "$id"
check "which cancels it" ended 0
settle move 30
check "its own verb says so" all 'ended 1' 'err "cancelled"'
launch move migrate --force busy "${host[2]}"
until_true 20 migrates "${host[1]}" busy 1
kill -INT "$move"
settle move 30
check "^C cancels it as well, at the manager" all 'ended 1' 'err "cancelled"' \
    'only_on busy "${host[1]}"'

# ---- a console ----

open_console 100 24
check "a console follows: three hosts, as the manager sees them" until_true 15 shows '3 on'
check "and says whom" journal_shows 'it is followed from now on'
run migrate "${host[0]}" "${host[1]}"
check "a verb's migration goes through the manager" all well 'only_on "${host[0]}" "${host[1]}"'
check "it is told there" journal_shows "${host[0]}.*done"
kill -KILL "$manager"
begin=$(now_ms)
check "the manager is killed: the console says so" journal_shows 'has fallen silent' 15
took_ms=$(($(now_ms) - begin))
echo "# after $took_ms ms"
check "verbs find none" until_true 15 says manager none
run migrate "${host[0]}" "${host[0]}"
check "and act by themselves" all 'ended 0' 'only_on "${host[0]}" "${host[0]}"'
launch manager run
check "another manager comes" until_true 20 says way socket
check "with a greater fence" [ "$(fact fence)" -gt "$fence" ]
check "the console follows it" journal_shows 'it is followed from now on' 15
kill -TERM "$manager"
settle manager 30
check "it ends in peace" ended 0
check "the console says so" journal_shows 'has ended' 15
keys q
check "q leaves" until_true 10 shows 'status 0'

# ---- compaction takes the lease, and gives it back ----

run stop busy --force
check "the busy VM is off" all 'ended 0'
run compact
check "compact without a manager acts under a lease" all 'ended 0' 'out "on: "' \
    '(($(count_on) < 3))'
grep -q 'fence=' "$journal"
check "whose number the journal has" [ $? -eq 0 ]
run normalize
check "and so does normalize" all 'ended 0' '(($(count_on) == 3))'
check "nobody holds it then" all 'says manager none'
finish
