#!/bin/bash
# test_grid.sh - the grid of the real program, in tmux: orders, groups, zooms, the map, places.
SUITE=grid
# shellcheck source=tests/e2e/console_lib.sh
. "$(dirname "$0")/console_lib.sh"

start 80 24 --lab ercolani
expect every_host_has_been_seen '62 on'
keys a
expect automatic_asks 'By hours:'
keys m
expect manual_is_on 'MANUAL'

# --- Orders and groups ---------------------------------------------------------------------------
keys Right Right Right
expect a_host_is_selected '^ pc04 '
keys b
expect ordered_by_name 'order: by name'
keys b
expect ordered_by_load 'order: by load, the highest first'
expect the_rule_says_so 'by load ─$'
expect the_cursor_stays_with_its_host '^ pc04 '
keys b b b
expect back_in_the_order_of_the_cluster 'as they were added'
keys B
expect grouped_by_state '^─ u under  [0-9]+ hosts'
keys B
expect grouped_by_rack '^─ rack R1, aula 1  8 hosts, 8 on, 8 VMs'
expect the_cursor_stays_in_groups '^ pc04 '
keys Down
expect down_goes_over_a_heading '^ pc12 '
keys B
expect grouped_by_room '^─ room aula 1  32 hosts'
keys B B
expect not_grouped 'not grouped'

# --- Places --------------------------------------------------------------------------------------
keys :
text 'place pc01 rack=X9 room=cellar'
keys Enter
expect place_is_told 'pc01: (rack X9|room cellar)'
keys B B End
expect it_stands_under_its_own_heading '^─ rack X9, cellar  1 host, 1 on'
keys B B B
expect_not groups_are_gone '^─ rack'

# --- Zooms and the map ---------------------------------------------------------------------------
keys Home
expect home_is_the_first_host '^ pc01 '
keys z
expect tiles_by_hand 'tiles, until you zoom back with Z'
keys ]
expect cards_by_hand 'cards, until you zoom back with Z'
expect a_card_says_the_state_in_a_word 'pc01 . (under|regular)'
expect the_rule_says_what_is_in_sight 'hosts 1 to [0-9]+ of 62'
mouse 0 80 17 M
mouse 0 80 17 m
expect a_click_on_the_map_goes_there 'to 62 of 62'
keys Z
expect less_of_each 'tiles, until'
keys '['
expect automatic_again 'small tiles, as the room allows'
keys Z Z Z
expect heat_map_by_hand 'heat map, until you zoom back with z'
expect the_row_is_named '^pc01 [urOe]{20}'
keys z z z
expect automatic_from_the_other_side 'small tiles, as the room allows'

# --- In, and out ---------------------------------------------------------------------------------
keys Enter
expect_not enter_goes_in '^pc10 '
keys Escape
expect escape_comes_out '^pc10 '

# --- Another size, ASCII -------------------------------------------------------------------------
start 200 50 --lab ercolani
expect a_wide_screen 'load '
keys z
expect wide_cards 'cards, until'
finish
