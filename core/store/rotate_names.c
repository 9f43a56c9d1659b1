#include "core/store/rotate_names.h"

#include <string.h>

#define DIGITS      6
#define DIGITS_MOST 18

char *rotate_path(const char *dir, const char *name)
{
    return g_strdup_printf("%s/%s.log", dir, name);
}

char *rotate_aside_path(const char *dir, const char *name, guint64 number, gboolean compressed)
{
    return g_strdup_printf("%s/%s-%0*" G_GUINT64_FORMAT ".log%s", dir, name, DIGITS, number,
                           compressed ? ".gz" : "");
}

/* "NAME-000017.log.gz" */
static gboolean parse(const char *entry, const char *name, guint64 *number, gboolean *compressed)
{
    if (!g_str_has_prefix(entry, name) || entry[strlen(name)] != '-')
        return FALSE;
    const char *digits = entry + strlen(name) + 1;
    gsize count = strspn(digits, "0123456789");
    const char *end = digits + count;
    if (count < DIGITS || count > DIGITS_MOST)
        return FALSE;
    *compressed = strcmp(end, ".log.gz") == 0;
    *number = g_ascii_strtoull(digits, NULL, 10);
    /* Only as we write it: 0000017 would be another file of the same number. */
    return (*compressed || strcmp(end, ".log") == 0) && (count == DIGITS || digits[0] != '0');
}

static int compare(gconstpointer a, gconstpointer b)
{
    const struct rotate_aside *left = a;
    const struct rotate_aside *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

/* The two files of one number become one entry. */
static void join_pairs(GArray *list)
{
    for (guint i = list->len; i > 1; i--) {
        struct rotate_aside *first = &g_array_index(list, struct rotate_aside, i - 2);
        const struct rotate_aside *second = &g_array_index(list, struct rotate_aside, i - 1);
        if (first->number != second->number)
            continue;
        first->plain |= second->plain;
        first->compressed |= second->compressed;
        g_array_remove_index(list, i - 1);
    }
}

GArray *rotate_list(const char *dir, const char *name)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct rotate_aside));
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *entry;
    while (entries && (entry = g_dir_read_name(entries))) {
        struct rotate_aside aside = {0};
        if (!parse(entry, name, &aside.number, &aside.compressed))
            continue;
        aside.plain = !aside.compressed;
        g_array_append_val(list, aside);
    }
    g_array_sort(list, compare);
    join_pairs(list);
    return list;
}
