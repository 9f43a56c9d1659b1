#!/bin/bash
# Real hosts, and a store whose disk is full, or over which a program died.
# shellcheck source-path=SCRIPTDIR source=testlib.sh disable=SC2016,SC2317,SC2034
. "$(dirname "$0")/testlib.sh"
# shellcheck source-path=SCRIPTDIR source=tmuxlib.sh
. "$here/tmuxlib.sh"
small=$work/small
trap 'tm kill-server 2>/dev/null; umount "$small" 2>/dev/null; clean_up' EXIT
make_lab fst 3
mkdir "$small"
mount -t tmpfs -o size=256k,mode=755 tmpfs "$small"
conf=$LAB_DIR/client/small.conf
sed "s|^store=.*|store=$small/store|" "$LAB_CONF" >"$conf"
store=$small/store
xml=$store/ClusterInfo.xml journal=$store/journal.log
run add-node "${address[@]}"
check "three hosts, kept on a small disk" all well 'lines 3'

fill() { dd if=/dev/zero of="$small/filler" bs=4k >/dev/null 2>&1; }
is_full() { (($(df --output=avail "$small" | tail -n 1) == 0)); }
written_on() { # VM HOST
    [[ $(xmllint --xpath "string(//host[vm/@name='$1']/@name)" "$xml" 2>/dev/null) == "$2" ]]
}
whole_lines() { ! grep -vqE '^time=[0-9TZ:-]+ who=.* text=.*$' "$journal"; }

moved_on() { only_on "${host[0]}" "${host[2]}" || only_on "${host[1]}" "${host[2]}"; }

# ---- the disk is full while the console runs ----

open_console 100 24
check "the console shows three hosts" until_true 15 shows '3 on'
fill
check "the disk is full" is_full
before=$(wc -l <"$journal")
keys g m l Enter
check "a VM still moves" until_true 15 only_on "${host[0]}" "${host[1]}"
check "the console says that it does not get saved, and why" journal_shows 'not (saved|written).*No space left|No space left' 20
check "it goes on: the screen answers" answers 'to the host on the left' '?'
escape 'to the host on the left'
keys g l m l Enter
check "and VMs move as ever" until_true 15 moved_on
check "what was written before is whole" xmllint --noout "$xml"
rm "$small/filler"
check "when there is room again, the cluster is saved" until_true 30 \
    all '! written_on "${host[0]}" "${host[0]}"' 'xmllint --noout "$xml"'
check "and that is said" journal_shows 'saved again|written again' 20
all_lines() {
    (($(grep -c "object=\"vm .*result=done" "$journal") >= 2)) &&
        (($(grep -c "object=\"vm .*result=queued" "$journal") >= 2))
}
check "no line of the journal is lost" until_true 20 all all_lines whole_lines \
    'grep -q "alarm=yes.*No space left" "$journal"' 'grep -q "journal is written again, and is whole" "$journal"'

keys q
check "q leaves" until_true 10 shows 'status 0'

# ---- a verb on a full disk ----

from=$(places "${host[0]}")
fill
run migrate "${host[0]}" "${host[0]}"
check "a verb on a full disk does what it was told, and fails for what it could not write" all \
    'only_on "${host[0]}" "${host[0]}"' 'ended 1' 'err "No space left"' 'xmllint --noout "$xml"'
rm "$small/filler"
run list
check "the next one writes it" all well 'written_on "${host[0]}" "${host[0]}"'

# ---- what a program that was killed left behind ----

printf '<cluster' >"$xml.Ab12Cd"
touch -d '1 hour ago' "$xml.Ab12Cd"
printf '<cluster' >"$xml.Zz99Yy"
run list
check "a draft that nobody will finish is swept away, a young one is left" all well \
    '[[ ! -e $xml.Ab12Cd && -e $xml.Zz99Yy ]]'
finish
