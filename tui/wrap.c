#include "tui/wrap.h"

#include "core/base/text.h"

/* The bytes of text that fit in `cells` cells; at least one character, so that it always ends. */
static gsize bytes_that_fit(const char *text, int cells)
{
    const char *end = text;

    while (*end != '\0') {
        const char *next = g_utf8_next_char(end);
        g_autofree char *head = g_strndup(text, (gsize)(next - text));

        if ((int)text_width(head) > cells)
            break;
        end = next;
    }
    return end > text ? (gsize)(end - text) : (gsize)(g_utf8_next_char(text) - text);
}

/* The bytes of the next line: cut at the last blank when not all of it fits. */
static gsize line_bytes(const char *text, int cells)
{
    gsize bytes = bytes_that_fit(text, cells);
    gsize blank = bytes;

    if (text[bytes] == '\0' || text[bytes] == ' ')
        return bytes;
    while (blank > 0 && text[blank] != ' ')
        blank--;
    return blank > 0 ? blank : bytes;
}

void wrap_text(const char *text, int cells, GPtrArray *lines)
{
    g_autofree char *escaped = text_escape(text);
    const char *rest = escaped;

    if (*rest == '\0')
        g_ptr_array_add(lines, g_strdup(""));
    while (*rest != '\0') {
        gsize bytes = line_bytes(rest, MAX(1, cells));

        g_ptr_array_add(lines, g_strndup(rest, bytes));
        rest += bytes;
        while (*rest == ' ')
            rest++;
    }
}

int wrap_draw(struct surface *surface, struct rect rect, enum role role, const char *text)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    int n;

    wrap_text(text, rect.width, lines);
    n = MIN((int)lines->len, MAX(0, rect.height));
    for (int i = 0; i < n; i++)
        surface_text(surface, rect.x, rect.y + i, rect.width, g_ptr_array_index(lines, (guint)i),
                     role, 0);
    return n;
}
