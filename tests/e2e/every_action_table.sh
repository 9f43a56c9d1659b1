# every_action_table.sh - what test_every_action.sh tries: a row for each action and each way to it,
# or the reason why there is none. Sourced.
#
#     ACTION WAY | before | do | seen | after
#     ACTION WAY - reason                      (ACTION may be a pattern: cursor-*)
#
# WAY is key, mouse or palette; a verb is written verb:NAME, an entry of the menu menu:host:NAME.
# before and after: what is pressed: actions (their first key), text=..., setup_... (functions), keys
# of tmux's (C-g, not Escape, which swallows what follows), and see=PATTERN, which waits. do: for a
# mouse gestures (footer, click:TEXT..., in which a _ is a blank), for the palette a line. seen: a
# regular expression that is not on the screen before and is afterwards; with ! before it the other
# way round; a ¶ is the end of a line. FIRST and SECOND are the numbers of the jobs of setup_waiting.
# None of them may have a | in it.
# shellcheck shell=bash disable=SC2034
table=$(cat <<'ROWS'
none key     - it takes keys away
none mouse   - it takes keys away
none palette - it takes keys away

cursor-left  key   | cursor-right cursor-right see=^.pc03 | | ^ pc02 |
cursor-left  mouse | cursor-last see=^.pc62 | click:pc61 | ^ pc61 |
cursor-right key   | | | ^ pc02 |
cursor-right mouse | | click:pc02 | ^ pc02 |
cursor-up    key   | cursor-down see=^.pc1 | | ^ pc01 |
cursor-up    mouse | cursor-last see=^.pc62 | click:pc20 | ^ pc20 |
cursor-down  key   | | | ^ pc1[0-9] |
cursor-down  mouse | | click:pc40 | ^ pc40 |
cursor-first key   | cursor-last see=^.pc62 | | ^ pc01 |
cursor-first mouse | cursor-last see=^.pc62 | click:pc01 | ^ pc01 |
cursor-last  key   | | | ^ pc62 |
cursor-last  mouse | | click:pc62 | ^ pc62 |
cursor-* palette - the line names what it is about
page-up   key   | cursor-last see=^.pc62 | | ^ pc[0-5] |
page-up   mouse | setup_list cursor-last see=to.63 | wheel-up | list ─ 1 to |
page-down key   | | | ^ pc[2-6] |
page-down mouse | setup_list see=list.─.1.to | wheel-down | to 63 of |
page-* palette - the line names what it is about
next-vm     key   | | | ^ vm pc01 |
next-vm     mouse | | footer | ^ vm pc01 |
previous-vm key   | | | ^ vm pc01 |
previous-vm mouse | | click:■ | ^ vm pc01 |
*-vm palette - the line names what it is about
find          key     | | | filter: |
find          mouse   | | footer | filter: |
find          palette | | find pc05 | ^ pc05 +pc05 +10 |
find-next     key     | find text=pc4 Enter see=.next cursor-first see=^.pc40 | | ^ vm pc40 |
find-next     mouse   | find text=pc4 Enter see=.next cursor-first see=^.pc40 | footer | ^ vm pc40 |
find-previous key     | find text=pc4 Enter cursor-first find-next see=^.vm.pc40 | | !^ vm pc40 |
find-previous mouse   - a click goes to any of those shown
find-* palette - the line names what it is about
palette key     | | | ^ : |
palette mouse   | | footer | ^ : |
palette palette - it is open already
menu key     | | | ─ host pc01 ─ |
menu mouse   | | right:pc03 | ─ host pc03 ─ |
menu palette | | menu | ─ host pc01 ─ |

migrate  key     | | | vm pc01 in hand |
migrate  mouse   | | drop:■>pc12 | vm pc01 is on pc12 | setup_undo
migrate  palette | | migrate pc05 pc06 | vm pc05 is on pc06 |
pick-all key     | cursor-right | | vm pc02 in hand |
pick-all mouse   | | hold:pc03>pc04 | vm pc03 in hand | setup_let_go
pick-all palette - spread and migrate name what they move
spread   key     | | | Spread 1 VM\? |
spread   mouse   | | right:pc03 click:s__spread | Spread 1 VM\? |
spread   palette | | spread pc14 --to pc15 | vm pc14 is on pc15 |
undo     key     | setup_moved | | Take the last move back\? | t see=to.pc50:.in
undo     mouse   | setup_moved | footer | Take the last move back\? | t see=to.pc50:.in
undo     palette | setup_moved | undo | Take the last move back\? | t see=to.pc50:.in
start-stop key     | | | Stop vm pc01\? |
start-stop mouse   | | right:■ see=vm.pc01.on click:o__stop | Stop vm pc01\? |
start-stop palette | | stop pc09 | vm pc09 .*done |
confirm  key     | | | ─ Host pc01 ─ |
confirm  mouse   | confirm see=Host.pc01 | footer | > VM pc01 ─ |
confirm  palette - Enter runs the line
cancel   key     | jobs see=─.Jobs | | !─ Jobs ─ |
cancel   mouse   | jobs see=─.Jobs | footer | !─ Jobs ─ |
cancel   palette - Escape closes the line

mark        key     | | | pc01\*u |
mark        mouse   | | ctrl:pc03 | pc03\*[eu] |
mark-range  key     | mark cursor-right see=^.pc03 | | pc02\*u.*pc03\*u |
mark-range  mouse   | | ctrl:pc03 see=pc03[*] shift:pc06 | pc05\*[eu] |
mark        palette - marks are made where they are seen
mark-range  palette - marks are made where they are seen
mark-all    key     | | | pc62\*[ur] |
mark-all    mouse   - Shift and a click marks up to there
mark-all    palette | | mark-all | pc62\*[ur] |
mark-invert key     | mark see=pc01.u | | pc62\*[ur] |
mark-invert mouse   - Control and a click turns one round
mark-invert palette | | mark-invert | pc62\*[ur] |
unmark      key     | mark see=pc01.u | | !pc01\*u |
unmark      mouse   | mark see=pc01.u | footer | !pc01\*u |
unmark      palette | mark see=pc01.u | unmark | !pc01\*u |
repeat      key     | maintenance see=^.pc01.+maint cursor-right see=^.pc02 | | ^ pc02 +maintenance | maintenance see=^.pc02.+under Home maintenance see=^.pc01.+under
repeat      mouse   - the menu does it again
repeat      palette - Up brings the last line back

wake        key     | setup_off | | pc10 +[~eur]( ) | setup_on
wake        mouse   | setup_off | footer | pc10 +[~eur]( ) | setup_on
wake        palette | setup_off | wake pc10 | pc10 +[~eur]( ) | setup_on
power-off   key     | setup_empty | | Switch pc10 off\? |
power-off   mouse   | setup_empty | footer | Switch pc10 off\? |
power-off   palette | setup_empty | off pc10 | pc10 +-( ) | setup_on
drain       key     | | | Drain pc01\? |
drain       mouse   | | right:pc03 click:d__drain | Drain pc03\? |
drain       palette | | drain pc20 | host pc20: empty, in maintenance | setup_undrain
maintenance key     | | | ^ pc01 +maintenance | maintenance see=^.pc01.+under
maintenance mouse   | maintenance see=^.pc01.+maint | right:pc01 click:u__undrain | !^ pc01 +maintenance |
maintenance palette | | maintenance | ^ pc01 +maintenance | maintenance see=^.pc01.+under
automatic   key     | | | By hours: |
automatic   mouse   | | footer | By hours: |
automatic   palette | pause see=paused | mode always | ALWAYS pack | automatic see=By.hours m see=MANUAL pause see=x60
policy      key     | | | Pairs: |
policy      mouse   | | footer | Pairs: |
policy      palette | setup_pairs | policy | ^ pairs *$ |
plan        key     | | | ─ Plan: |
plan        mouse   | | footer | ─ Plan: |
plan        palette | | plan | ── plan ─ |
tonight     key     | | | ─ Tonight |
tonight     mouse   | | footer | ─ Tonight |
tonight     palette | | tonight | ── tonight ─ |
night       key     | | | ─ Night: |
night       mouse   | | footer | ─ Night: |
night       palette - the verb is one simulated night; report tells of real ones
compact     key     | | | Compact the lab now\? |
compact     mouse   - the plan shows it, and is accepted by its footer
compact     palette | | compact --dry-run | ── compact |
normalize   key     | | | Bring everything home now\? |
normalize   mouse   - the plan shows it, and is accepted by its footer
normalize   palette | setup_away | normalize --dry-run | ── normalize --dry-run |

jobs        key     | | | ─ Jobs ─ |
jobs        mouse   | | footer | ─ Jobs ─ |
jobs        palette | setup_moved | jobs | ── jobs ─ |
job-up      key     | setup_waiting cursor-down | | SECOND +queued[^¶]*¶ *FIRST +queued | setup_go_on
job-down    key     | setup_waiting | | SECOND +queued[^¶]*¶ *FIRST +queued | setup_go_on
job-up      mouse   | setup_waiting cursor-down | footer | SECOND +queued[^¶]*¶ *FIRST +queued | setup_go_on
job-down    mouse   | setup_waiting | footer | SECOND +queued[^¶]*¶ *FIRST +queued | setup_go_on
job-*       palette - the verbs raise and lower
retry       key     | setup_waiting cancel-jobs see=FIRST.+cancelled | | Do it once more\? | setup_go_on
retry       mouse   | setup_waiting cancel-jobs see=FIRST.+cancelled | footer | Do it once more\? | setup_go_on
retry       palette - the verb retry
cancel-jobs key     | setup_waiting | | FIRST +cancelled | setup_go_on
cancel-jobs mouse   | setup_waiting | footer | FIRST +cancelled | setup_go_on
cancel-jobs palette | setup_waiting | cancel-jobs | FIRST +cancelled | setup_go_on
post-copy   key     | | | select a VM that is moving |
post-copy   mouse   - a migration that does not end is nothing to be clicked in passing
post-copy   palette | | post-copy | select a VM that is moving |
journal     key     | | | ─ Journal ─ |
journal     mouse   | | footer | ─ Journal ─ |
journal     palette | | journal | ─ Journal ─ |
follow      key     | journal see=─.following | | not following |
follow      mouse   | journal see=─.following | footer | not following |
follow      palette - it is for the journal that is open
doctor      key     | | | ─ Doctor ─ |
doctor      mouse   | | right:pc03 click:e__doctor | ─ doctor pc03 ─ |
doctor      palette | | doctor pc02 | ─ doctor pc02 ─ |
output      key     | setup_list C-g | | ── list ─ |
output      mouse   | plan see=─.Plan: | footer | ^ ?#!.*sh |
output      palette | setup_list C-g | output | ── list ─ |

table key     | | | ─ VMs ─ 62 | table see=^pc01
table mouse   - no word of the footer: the key is told in the help
table palette | | table | ─ VMs ─ 62 | table see=^pc01
next-trouble key     | | | no host is over or in doubt |
next-trouble mouse   - a click goes to any of those shown
next-trouble palette | | next-trouble | no host is over or in doubt |

zoom-in  key     | | | until you zoom back with | zoom-out
zoom-in  mouse   | | footer | until you zoom back with | zoom-out
zoom-in  palette | | zoom-in | until you zoom back with | zoom-out
zoom-out key     | | | until you zoom back with | zoom-in
zoom-out mouse   | | footer | until you zoom back with | zoom-in
zoom-out palette | | zoom-out | until you zoom back with | zoom-in
order    key     | | | order: by name |
order    mouse   | | footer | order: by name |
order    palette | | order | order: by name |
group    key     | | | ^─ u under +[0-9]+ hosts | group group group group see=not.grouped
group    mouse   | | footer | ^─ u under +[0-9]+ hosts | group group group group see=not.grouped
group    palette | | group | ^─ u under +[0-9]+ hosts | group group group group see=not.grouped

manage  key     | | | no store to share |
manage  mouse   - it is asked for once in a console's life
manage  palette | | manage | no store to share |
refresh key     | | | asking 62 hosts again |
refresh mouse   - hosts are asked all the time; the plan has a word for its own
refresh palette | | refresh | 62 .*hosts |
faster  key     | | | SIM x120 | slower see=x60
faster  mouse   | | footer | SIM x120 | slower see=x60
faster  palette | | faster | SIM x120 | slower see=x60
slower  key     | | | SIM x20 | faster see=x60
slower  mouse   | | footer | SIM x20 | faster see=x60
slower  palette | | slower | SIM x20 | faster see=x60
pause   key     | | | SIM paused | pause see=x60
pause   mouse   - the clock is no part of a real lab
pause   palette - the verb holds a VM still
skip    key     | | | SIM x[0-9]{3} | setup_arrived
skip    mouse   | | footer | SIM x[0-9]{3} | setup_arrived
skip    palette | | skip | SIM x[0-9]{3} | setup_arrived
theme   key     | | | theme light |
theme   mouse   - a theme is chosen once
theme   palette | | theme mono | ^ theme mono |
mouse   key     | | | mouse off: | mouse see=mouse.on
mouse   mouse   - with the mouse off there is none to click with
mouse   palette | | mouse | mouse off: | mouse see=mouse.on
snapshot key     | | | this screen is kept as |
snapshot mouse   - the mouse must not write files in passing
snapshot palette | | snapshot | this screen is kept as |
redraw  key     | setup_garbage | | !GARBAGE |
redraw  mouse   - the screen to be clicked on is what is broken
redraw  palette | setup_garbage | redraw | !GARBAGE |
help    key     | | | ─ Help ─ |
help    mouse   | | footer | ─ Help ─ |
help    palette | | help | ── help ─ |
suspend key     | | | Stopped | text=fg Enter see=pc01
suspend mouse   - a click must not lead to a shell
suspend palette | | suspend | Stopped | text=fg Enter see=pc01
quit    key     | | | ^status 0 | setup_again
quit    mouse   | | footer | status 0 | setup_again
quit    palette | | quit | ^status 0 | setup_again

menu:host:wake     mouse | setup_off | right:pc10 click:w__wake | pc10 +[~eur]( ) | setup_on
menu:host:off      mouse | setup_empty | right:pc10 click:o__off | Switch pc10 off\? |
menu:host:drain    mouse | | right:pc03 click:d__drain | Drain pc03\? |
menu:host:spread   mouse | | right:pc03 click:s__spread | Spread 1 VM\? |
menu:host:undrain  mouse | maintenance see=^.pc01.+maint | right:pc01 click:u__undrain | !^ pc01 +maintenance |
menu:host:list     mouse | | right:pc03 click:l__list | ── list pc03 ─ |
menu:host:doctor   mouse | | right:pc03 click:e__doctor | ── doctor pc03 ─ |
menu:host:note     mouse | | right:pc03 click:n__note | ^ :note pc03 |
menu:host:remote   mouse | | right:pc03 click:r__remote | ^ :remote pc03 |
menu:host:vm-max   mouse | | right:pc03 click:v__vm-max | ^ :vm-max pc03 |
menu:host:place    mouse | | right:pc03 click:p__place | ^ :place pc03 |
menu:host:del-node mouse | | right:pc03 click:x__del-node | It leaves the cluster |
menu:vm:stop       mouse | | right:■ see=vm.pc01.on click:o__stop | Stop vm pc01\? |
menu:vm:migrate    mouse | | right:■ see=vm.pc01.on click:m__migrate | vm pc01 in hand |
menu:vm:spread     mouse | | right:■ see=vm.pc01.on click:e__spread | Spread 1 VM\? |
menu:vm:pause      mouse | | right:■ see=vm.pc01.on click:p__pause | ^‖ |
menu:vm:resume     mouse | see=^‖ | right:‖ see=vm.pc01.on click:r__resume | !^‖ |
menu:vm:reboot     mouse | | right:■ see=vm.pc01.on click:b__reboot | Whoever uses it loses |
menu:vm:autostart  mouse | | right:■ see=vm.pc01.on click:a__autostart | ^ :autostart pc01 |
menu:vm:pin        mouse | | right:■ see=vm.pc01.on click:i__pin | ^ :pin pc01 |
menu:vm:home       mouse | | right:■ see=vm.pc01.on click:h__home | ^ :home pc01 |
menu:vm:find       mouse | | right:■ see=vm.pc01.on click:f__find | ^ pc01 +pc01 +10 |
menu:vm:show       mouse | | right:■ see=vm.pc01.on click:w__show | ── show pc01 ─ |
menu:vm:force-off  mouse | | right:■ see=vm.pc01.on click:c__force-off | ^ :force-off pc01 |
menu:vm:define     mouse | | right:■ see=vm.pc01.on click:n__define | ^ :define pc01 |
menu:vm:forget     mouse | | right:■ see=vm.pc01.on click:g__forget | ^ :forget pc01 |
menu:vm:start  mouse - it is grey while the VM runs
menu:vm:unpin  mouse - it is grey while the VM has no pin
menu:vm:delete mouse - it is grey while the VM runs
ROWS
)
