#include "core/store/lease_record.h"

#include <string.h>
#include <sys/random.h>

#define DIGITS 20

static const char *const hold_names[] = {"seed", "held", "free"};

void lease_record_new_mark(struct lease_record *record)
{
    guint64 bits = 0;
    /* Two processes that were forked from one must not share it: so from the kernel. */
    if (getrandom(&bits, sizeof bits, 0) != sizeof bits)
        bits = (guint64)g_random_int() << 32 | g_random_int();
    g_snprintf(record->mark, sizeof record->mark, "%016" G_GINT64_MODIFIER "x", bits);
}

void lease_record_format(const struct lease_record *record, char name[LEASE_NAME_BYTES])
{
    g_snprintf(name, LEASE_NAME_BYTES,
               LEASE_PREFIX "%020" G_GUINT64_FORMAT "-%020" G_GUINT64_FORMAT "-%s-%s",
               record->fence, record->counter, record->mark, hold_names[record->hold]);
}

static gboolean take_number(const char **text, guint64 *number)
{
    char digits[DIGITS + 1] = "";
    if (strspn(*text, "0123456789") != DIGITS || (*text)[DIGITS] != '-')
        return FALSE;
    memcpy(digits, *text, DIGITS);
    *text += DIGITS + 1;
    return g_ascii_string_to_unsigned(digits, 10, 0, G_MAXUINT64, number, NULL);
}

gboolean lease_record_parse(const char *name, struct lease_record *record)
{
    struct lease_record parsed = {0};
    if (!g_str_has_prefix(name, LEASE_PREFIX))
        return FALSE;
    name += strlen(LEASE_PREFIX);
    if (!take_number(&name, &parsed.fence) || !take_number(&name, &parsed.counter))
        return FALSE;
    if (strspn(name, "0123456789abcdef") != LEASE_MARK_BYTES - 1 ||
        name[LEASE_MARK_BYTES - 1] != '-')
        return FALSE;
    memcpy(parsed.mark, name, LEASE_MARK_BYTES - 1);
    name += LEASE_MARK_BYTES;
    for (guint i = 0; i < G_N_ELEMENTS(hold_names); i++) {
        if (strcmp(name, hold_names[i]) == 0) {
            parsed.hold = (enum lease_hold)i;
            *record = parsed;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean lease_record_equal(const struct lease_record *a, const struct lease_record *b)
{
    return lease_record_same_holder(a, b) && a->counter == b->counter && a->hold == b->hold;
}

gboolean lease_record_same_holder(const struct lease_record *a, const struct lease_record *b)
{
    return a->fence == b->fence && strcmp(a->mark, b->mark) == 0;
}

int lease_record_compare(const struct lease_record *a, const struct lease_record *b)
{
    if (a->fence != b->fence)
        return a->fence < b->fence ? -1 : 1;
    if (a->counter != b->counter)
        return a->counter < b->counter ? -1 : 1;
    return strcmp(a->mark, b->mark);
}
