#include "tui/filter.h"

struct filter {
    char *text;
};

struct filter *filter_parse(const char *text, GError **error)
{
    struct filter *filter;

    (void)error;
    if (text == NULL || *text == '\0')
        return NULL;
    filter = g_new0(struct filter, 1);
    filter->text = g_strdup(text);
    return filter;
}

void filter_free(struct filter *filter)
{
    if (filter == NULL)
        return;
    g_free(filter->text);
    g_free(filter);
}

const char *filter_text(const struct filter *filter)
{
    return filter->text;
}
gboolean filter_has_host(const struct filter *filter, const struct scene *scene,
                         const struct host *host)
{
    (void)filter;
    (void)scene;
    (void)host;
    return TRUE;
}
gboolean filter_has_vm(const struct filter *filter, const struct scene *scene, const struct vm *vm)
{
    (void)filter;
    (void)scene;
    (void)vm;
    return TRUE;
}
gboolean filter_has_entry(const struct filter *filter, const struct journal_entry *entry)
{
    (void)filter;
    (void)entry;
    return TRUE;
}
gboolean filter_has_job(const struct filter *filter, const struct job *job)
{
    (void)filter;
    (void)job;
    return TRUE;
}

