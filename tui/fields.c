#include "tui/fields.h"

#include <stdarg.h>

#include "core/base/text.h"

struct field {
    char *text;
    char *brief;
    int width, brief_width; /* brief_width 0: no brief form */
    enum role role;
    guint attributes;
    guint rank;
    enum {
        FIELD_LONG,
        FIELD_BRIEF,
        FIELD_GONE
    } form;
};

struct fields {
    GArray *list; /* struct field */
};

static void field_clear(gpointer data)
{
    struct field *field = data;

    g_free(field->text);
    g_free(field->brief);
}

struct fields *fields_new(void)
{
    struct fields *fields = g_new0(struct fields, 1);

    fields->list = g_array_new(FALSE, TRUE, sizeof(struct field));
    g_array_set_clear_func(fields->list, field_clear);
    return fields;
}

void fields_free(struct fields *fields)
{
    if (fields == NULL)
        return;
    g_array_unref(fields->list);
    g_free(fields);
}

void fields_add(struct fields *fields, guint rank, enum role role, guint attributes,
                const char *brief, const char *format, ...)
{
    struct field field = {.rank = rank, .role = role, .attributes = attributes};
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (*text == '\0')
        return;
    field.text = text_escape(text);
    field.width = (int)text_width(field.text);
    if (brief != NULL) {
        field.brief = text_escape(brief);
        field.brief_width = (int)text_width(field.brief);
    }
    g_array_append_val(fields->list, field);
}

/* At most a line: what is wider is cut there. */
static int form_width(const struct field *field, int width)
{
    if (field->form == FIELD_GONE)
        return 0;
    return MIN(width, field->form == FIELD_BRIEF ? field->brief_width : field->width);
}

int fields_width(const struct fields *fields, int gap)
{
    int width = 0;

    for (guint i = 0; i < fields->list->len; i++)
        width += g_array_index(fields->list, struct field, i).width + (i > 0 ? gap : 0);
    return width;
}

int fields_least_width(const struct fields *fields, int gap)
{
    int width = 0;

    for (guint i = 0; i < fields->list->len; i++) {
        const struct field *field = &g_array_index(fields->list, struct field, i);
        width += field->brief_width > 0 ? field->brief_width : field->width;
        width += i > 0 ? gap : 0;
    }
    return width;
}

/* Lines the fields need at their present forms. */
static int lines_needed(const struct fields *fields, int width, int gap)
{
    int needed = 1, x = 0;

    for (guint i = 0; i < fields->list->len; i++) {
        int cells = form_width(&g_array_index(fields->list, struct field, i), width);

        if (cells == 0)
            continue;
        if (x > 0 && x + gap + cells > width) {
            needed++;
            x = 0;
        }
        x += (x > 0 ? gap : 0) + cells;
    }
    return needed;
}

/* Makes the least important field that still can give way do so. FALSE when only one is left. */
static gboolean give_way(struct fields *fields)
{
    struct field *least_brief = NULL, *least = NULL;
    guint left = 0;

    for (guint i = 0; i < fields->list->len; i++) {
        struct field *field = &g_array_index(fields->list, struct field, i);

        if (field->form == FIELD_GONE)
            continue;
        left++;
        if (least == NULL || field->rank >= least->rank)
            least = field;
        if (field->form == FIELD_LONG && field->brief_width > 0 &&
            (least_brief == NULL || field->rank >= least_brief->rank))
            least_brief = field;
    }
    if (least_brief != NULL) {
        least_brief->form = FIELD_BRIEF;
        return TRUE;
    }
    if (left <= 1)
        return FALSE;
    least->form = FIELD_GONE;
    return TRUE;
}

int fields_draw(struct fields *fields, struct surface *surface, struct rect rect, int gap)
{
    int x = 0, line = 0;

    if (rect.width <= 0 || rect.height <= 0)
        return 0;
    while (lines_needed(fields, rect.width, gap) > rect.height) {
        if (!give_way(fields))
            break;
    }
    for (guint i = 0; i < fields->list->len; i++) {
        struct field *field = &g_array_index(fields->list, struct field, i);
        int cells = form_width(field, rect.width);

        if (cells == 0)
            continue;
        if (x > 0 && x + gap + cells > rect.width) {
            x = 0;
            line++;
        }
        x += x > 0 ? gap : 0;
        surface_text(surface, rect.x + x, rect.y + line, rect.width - x,
                     field->form == FIELD_BRIEF ? field->brief : field->text, field->role,
                     field->attributes);
        x += cells;
    }
    return line + 1;
}
