#include "tui/role.h"

#define ROLE_INFO(suffix, name, letter, help) [ROLE_##suffix] = {name, letter, help},
const struct role_info role_info[ROLE_COUNT] = {ROLE_TABLE(ROLE_INFO)};
#undef ROLE_INFO
