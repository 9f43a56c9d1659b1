#!/bin/bash
# The command line on the simulated lab: what it prints, keeps and refuses, and how it ends.
# shellcheck disable=SC2016,SC2317 # conditions are called, and expanded, by check
# shellcheck source=tests/e2e/command_lib.sh
. "$(dirname "$0")/command_lib.sh"

# --- Help and usage ---
run help
check "help tells every verb" eval 'done_well && says out "^  migrate VM HOST " && says out "^  night"'
run help migrate
check "help of a verb tells its options" eval 'done_well && says out "dry-run" && says out force'
run migrate --help
check "--help of a verb is the same" eval 'done_well && says out "^roost migrate VM HOST"'
run --version
check "the version is told" eval 'done_well && says out "^roost [0-9]"'
run help --config
check "the example can be printed" eval 'done_well && says out "^\[load\]" && says out "^#max=0.9"'
check "and is the one that is installed" cmp "$work/out" docs/roost.conf.example
cp "$work/out" "$work/example.conf"
run -c "$work/example.conf" --lab small list
check "the example is a valid configuration" done_well
run help --man
check "the man page has verbs, options and keys" eval \
    'done_well && says out "^.SH VERBS" && says out "^.SS \[load\]" && says out "^.SH KEYS"'
check "and is the one that is installed" cmp "$work/out" docs/roost.1
run lst
check "a typo gets the verb that was meant" wrong_usage 'Did you mean "list"'
run --lab small migrate pc01
check "too few arguments are wrong usage" wrong_usage 'too few arguments: roost migrate VM HOST'
run --lab small find pc01 pc02
check "too many arguments are wrong usage" wrong_usage 'too many'
run --lab small list --dry-run
check "an option of another verb is wrong usage" wrong_usage 'list has no option --dry-run'
run --lab small list --nonsense
check "an option that does not exist is wrong usage" wrong_usage 'nonsense'
run --lab small compact --policy best
check "a policy that does not exist is wrong usage" wrong_usage 'pack and pairs'
run list
check "without a lab, a verb asks for one" wrong_usage 'c FILE'
run --lab nowhere list
check "a lab that does not exist fails" failing 'nowhere'
run --lab small --seed x night
check "a seed must be a number" wrong_usage 'seed'

# --- Looking ---
run --lab ercolani list
check "list has a line for each host" eval 'done_well && lines 62'
check "a host's fields are parted by tabs" \
    eval '[ "$(sed -n 5p "$work/out" | cut -f 1-3)" = "pc05	10.0.0.5	on" ]'
check "each line has eleven fields" \
    eval '[ "$(awk -F "\t" "{print NF}" "$work/out" | sort -u)" = 11 ]'
check "no colour in a pipe" eval '! grep -q "$(printf "\033")" "$work/out"'
run --lab small list VM
check "list VM has a line for each VM" eval 'done_well && lines 8 && says out "^pc03	pc03	running"'
run --lab small list Off
check "list Off is empty while all are on" eval 'done_well && lines 0'
run --lab small list 10.0.0.3
check "list HOST takes an address, and tells the VMs" eval 'done_well && lines 2'
run --lab small list pc99
check "a host that does not exist fails" failing 'pc99'
run --lab small find pc04
check "find tells host and address" eval \
    '[ "$(cat "$work/out")" = "pc04	pc04	10.0.0.4	running" ] && done_well'
run --lab small find pc99
check "a VM that does not exist fails" failing 'pc99'
run --lab small show pc04
check "show tells its disk, interface and screen" eval 'done_well && lines 4 && says out "^disk	vda	disk	shared	qcow2	4096	[0-9][0-9]*	/srv/vms/pc04.qcow2$"'
run --lab small show pc99
check "of a VM that does not exist it tells nothing" failing 'pc99'
run --lab small refresh
check "refresh finds nothing new in a new lab" eval 'done_well && says out "8 hosts asked, 0 diff"'
run --lab small list -- -x
check "what follows -- is no option" failing 'host -x'

# --- Acting ---
run --lab small migrate pc04 pc05
check "migrate moves a VM" eval 'done_well && says out "vm pc04 from pc04 to pc05: done"'
run --lab small migrate pc04 pc05 --dry-run
check "migrate --dry-run only tells" eval 'done_well && says out "^would move vm pc04" && lines 1'
run --lab small migrate pc04 pc04
check "migrate to where it is is refused" failing 'pc04'
run --lab small migrate pc99 pc01
check "migrate of an unknown VM fails" failing 'pc99'
run --lab small off pc04
check "a host with a VM is not switched off" failing 'pc04'
run --lab small off pc04 --force
check "not even by force" failing 'pc04'
run --lab small wake pc04
check "a host that is on is not woken" failing 'pc04'
run --lab small wake pc03 pc04
check "of several, each refusal is told" eval 'failing "2 of 2" && says err pc03 && says err pc04'

# --- Compact, normalize, plan ---
run --lab ercolani plan
check "plan tells its steps and what comes of them" eval 'done_well && says out "^54\. "'
run --lab ercolani compact --dry-run
check "compact --dry-run is the plan" eval 'done_well && says out "^54\. "'
run --lab ercolani plan --script
check "plan --script is a shell script" eval \
    'done_well && says out "^#!/bin/sh" && sh -n "$work/out" && says out virsh'
run --lab ercolani compact
check "compact comes to an end" ended 0
check "compact tells each action as it starts and ends" eval \
    '[ "$(grep -c " start vm " "$work/out")" -eq 54 ] && [ "$(grep -c " done vm " "$work/out")" -eq 54 ]'
check "compact switches 54 of 62 hosts off" eval \
    '[ "$(grep -c " done switch off " "$work/out")" -eq 54 ]'
run --lab small compact --policy pairs
check "compact takes another policy" ended 0

run --lab small compact --seed 4 --faults migration-fails=1
check "what could not be done makes it fail, with the reason" eval \
    'failing "compact: [0-9]* could not be done" && says out " waits vm "'

# --- The store ---
cat >"$work/many.conf" <<END
[cluster]
store=many
END
for number_of_host in 1 2 3 4; do
    "$roost" -c "$work/many.conf" --lab small add-node "10.0.0.$number_of_host" >/dev/null &
done
wait
run -c "$work/many.conf" --lab small list
check "hosts that several programs add at once are all kept" lines 4
mkdir -p "$work/frozen/simulated/small" && mkdir "$work/frozen/simulated/small/journal.log"
sed s/many/frozen/ "$work/many.conf" >"$work/frozen.conf"
run -c "$work/frozen.conf" --lab small list
check "a store that cannot be written can still be looked at" eval \
    'ended 0 && lines 8 && says err "journal.log" && says err "not kept"'
run -c "$work/frozen.conf" --lab small migrate pc02 pc03 --dry-run
check "and a dry run needs no more" ended 0
run -c "$work/frozen.conf" --lab small migrate pc02 pc03
check "but nothing is done that cannot be written down" failing journal.log
cat >"$work/lab.conf" <<END
[cluster]
store=shared/lab
END
kept=$work/shared/lab/simulated/small
run -c "$work/lab.conf" --lab small add-node 10.0.0.2 10.0.0.1
check "add-node tells what it added" eval \
    'done_well && lines 2 && says out "added pc02 10.0.0.2 as manager: 2 CPUs, 2048 MiB, 1 VM"'
check "the store has a ClusterInfo.xml that is XML" xmllint --noout "$kept/ClusterInfo.xml"
check "the first host is the manager" eval \
    '[ "$(xmllint --xpath "string(//host[@role=\"manager\"]/@name)" "$kept/ClusterInfo.xml")" = pc02 ]'
check "a VM's home is where it was found" eval \
    '[ "$(xmllint --xpath "string(//vm[@name=\"pc01\"]/@home)" "$kept/ClusterInfo.xml")" = pc01 ]'
check "each host has its own file" xmllint --noout "$kept/Nodes/10.0.0.1.xml" "$kept/Nodes/10.0.0.2.xml"
run -c "$work/lab.conf" --lab small list
check "the cluster is as it was left" eval 'done_well && lines 2'
run -c "$work/lab.conf" --lab small add-node 10.0.0.1 10.0.0.3 10.9.9.9 nonsense
check "add-node keeps the good and tells of the bad" eval \
    'failing "3 of 4" && lines 1 && says err "10.0.0.1: is in the cluster" && says err "10.9.9.9"'
run -c "$work/lab.conf" --lab small list
check "the good one is kept" lines 3
run -c "$work/lab.conf" --lab small migrate pc03 pc01
check "a migration is journalled" grep -q 'what=migrate .*vm pc03.*result=done' "$kept/journal.log"
run -c "$work/lab.conf" --lab small find pc03
check "a VM stays where it was moved to" eval 'done_well && says out "^pc03	pc01	10.0.0.1	running"'
run -c "$work/lab.conf" --lab small compact
check "compact on the kept cluster" ended 0
run -c "$work/lab.conf" --lab small list Off
check "hosts that are off stay off" eval 'done_well && [ "$(wc -l <"$work/out")" -ge 1 ]'
run -c "$work/lab.conf" --lab small normalize
check "normalize wakes them and brings all VMs home" ended 0
run -c "$work/lab.conf" --lab small list VM
check "every VM is at home" eval '[ -z "$(awk -F "\t" "\$2 != \$7" "$work/out")" ] && lines 3'
run -c "$work/lab.conf" --lab small refresh
check "refresh agrees with what was kept" done_well

# --- Bad input ---
echo '<cluster><host name="pc01"' >"$kept/ClusterInfo.xml"
run -c "$work/lab.conf" --lab small list
check "a broken ClusterInfo.xml is told with its line" grep -q 'ClusterInfo.xml:[0-9]' "$work/err"
check "the last good copy is used in its stead" eval '[ "$status" -eq 0 ] && lines 3'
check "and it is kept" eval 'grep -qx "<cluster><host name=\"pc01\"" "$kept"/ClusterInfo.xml.damaged-*'
printf '[load]\nmax=much\n' >"$work/bad.conf"
run -c "$work/bad.conf" --lab small list
check "a bad configuration is told with its line" failing 'bad.conf:2: \[load\] max'
printf '[load]\nmaks=0.8\n' >"$work/odd.conf"
run -c "$work/odd.conf" --lab small list
check "an unknown key is told, and the rest used" eval 'ended 0 && lines 8 && says err "Did you mean"'
run -c "$work/none.conf" --lab small list
check "a configuration that is not there fails" failing 'none.conf'
run -c "$work/odd.conf" list
check "real hosts need a store" failing 'store'
cat >"$work/hostile.xml" <<'END'
<cluster name="hostile">
  <host name="pc01" address="10.0.0.1" state="on" cpus="2" mem-mib="2048" mac="52:54:00:00:00:01">
    <vm name="$(reboot)" state="running" mem-mib="256" home="pc01"/>
    <vm name="名前" state="running" mem-mib="256" home="pc01"/>
    <vm name="it's; rm -rf &quot;x&quot;" state="running" mem-mib="256" home="pc01"/>
    <vm name="-n" state="running" mem-mib="256" home="pc01"/>
    <vm name="../../etc" state="running" mem-mib="256" home="pc01"/>
  </host>
  <host name="pc02" address="10.0.0.2" state="on" cpus="2" mem-mib="2048" mac="52:54:00:00:00:02"/>
</cluster>
END
run --lab "$work/hostile.xml" list VM
check "hostile names are listed, unusable ones told" eval 'ended 0 && lines 4 && says err "xml:7: "'
run --lab "$work/hostile.xml" migrate '$(reboot)' pc02
check "hostile names can be moved" eval 'ended 0 && says out "done in"'
run --lab "$work/hostile.xml" find -- -n
check "a name may begin with a dash" eval 'ended 0 && says out "^-n	pc01"'
run --lab small find "$(printf 'a\033[2Jb')"
check "control characters are not echoed" eval 'ended 1 && ! grep -q "$(printf "\033")" "$work/err"'
run --lab small find "$(printf 'a\377b')"
check "bytes that are no text are not echoed" failing '\\xff'

# --- Many hosts in few words, and commands on them ---
cat >"$work/words.conf" <<END
[cluster]
store=words
END
words() { run -c "$work/words.conf" --lab small "$@"; }
words add-node '10.0.0.[1-2,4]'
check "a range is added" eval 'done_well && lines 3 && says out "added pc04 10.0.0.4 as node"'
printf '# two more\n10.0.0.5 # one\n\n  10.0.0.[6-6]\n' >"$work/hosts"
words add-node --file "$work/hosts" 10.0.0.3
check "a file of hosts, beside others" eval 'done_well && lines 3 && says out "added pc06"'
echo '10.0.0.[7-8]' | "$roost" -c "$work/words.conf" --lab small add-node --file - >"$work/out" 2>"$work/err"
status=$?
check "and one from stdin" eval 'done_well && lines 2'
printf '10.0.0.1\n10.0.0.[9-\n' >"$work/hosts"
words add-node --file "$work/hosts"
check "what is wrong in a file is told by its line" eval 'failing "hosts:2: .*numbers" && silent out'
printf '10.0.0.1 10.0.0.2\n' >"$work/hosts"
words add-node --file "$work/hosts"
check "two on a line are no host" failing 'hosts:1: more than one'
words add-node --file "$work/nowhere"
check "nor is a file that is not there" failing 'nowhere: No such file'
words add-node
check "no host at all is wrong usage" wrong_usage 'no host is named'
words add-node '10.0.0.[1-99999]'
check "more than there can be" failing 'more than 65536'
words add-node --password-fd x 10.0.0.1
check "a descriptor is a number" wrong_usage 'password-fd x'
words remote pc03 -- hostname
check "a command on one host" eval 'done_well && [ "$(cat "$work/out")" = pc03 ]'
words remote 'pc[01-03]' -- hostname
check "on several, each line with its name" eval 'done_well && lines 3 && says out "^pc02: pc02$"'
words remote pc01 pc02 -- no-such -n
check "ends as the worst did" eval 'ended 127 && says err "pc02: exit status 127"'
words remote pc01
check "without a command" wrong_usage 'which command'
words remote nowhere -- true
check "on a host that is not there" failing 'nowhere: is not in the cluster'

# --- Endings ---
"$roost" --lab small list >/dev/full 2>"$work/err"
status=$?
check "a full disk is a failure" failing 'could not be written'
"$roost" --lab ercolani list 2>"$work/err" | head -1 >"$work/out"
status=${PIPESTATUS[0]}
check "a closed pipe does no harm" eval '[ "$status" -le 1 ] && lines 1'
run night --lab small --seed 3
check "night prints key=value lines" eval 'ended 0 && says out "^hosts=8$" && says out "^vms_lost=0$"'
run -c "$work/lab.conf" night
check "night takes no configuration" wrong_usage 'configuration'

finish
