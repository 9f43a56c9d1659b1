/* complete_line.c - a line that is still being typed, taken apart into words. */
#include "core/command/complete.h"

#include <string.h>

struct cutting {
    GPtrArray *words; /* char *, owned */
    GString *word;    /* NULL between two words */
    gsize start;      /* of `word` in the line */
};

static void begin_word(struct cutting *cutting, gsize at)
{
    if (cutting->word)
        return;
    cutting->word = g_string_new(NULL);
    cutting->start = at;
}

static void end_word(struct cutting *cutting)
{
    if (cutting->word)
        g_ptr_array_add(cutting->words, g_string_free(cutting->word, FALSE));
    cutting->word = NULL;
}

/* One character outside of quotes, or the whole of what a quote holds; returns what comes next. */
static gsize cut_quoted(struct cutting *cutting, const char *line, gsize at, gsize end)
{
    char mark = line[at++];
    while (at < end && line[at] != mark) {
        gboolean escaped =
            mark == '"' && line[at] == '\\' && at + 1 < end && strchr("$`\"\\", line[at + 1]);
        at += escaped ? 1 : 0;
        g_string_append_c(cutting->word, line[at++]);
    }
    return at < end ? at + 1 : end;
}

static gsize cut_one(struct cutting *cutting, const char *line, gsize at, gsize end)
{
    if (g_ascii_isspace(line[at])) {
        end_word(cutting);
        return at + 1;
    }
    begin_word(cutting, at);
    if (line[at] == '\'' || line[at] == '"')
        return cut_quoted(cutting, line, at, end);
    if (line[at] == '\\' && at + 1 < end)
        at++;
    g_string_append_c(cutting->word, line[at]);
    return at + 1;
}

struct completion *complete_line(const struct complete_source *source, const char *line,
                                 gsize cursor)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    struct cutting cutting = {.words = words};
    gsize end = MIN(cursor, strlen(line));
    gboolean comment = FALSE;
    for (gsize at = 0; at < end && !comment;) {
        comment = !cutting.word && line[at] == '#';
        if (!comment)
            at = cut_one(&cutting, line, at, end);
    }
    begin_word(&cutting, end);
    end_word(&cutting);
    g_ptr_array_add(words, NULL);
    if (comment) /* nothing is completed there */
        g_ptr_array_insert(words, 0, g_strdup("#"));
    struct completion *completion = complete_words(source, (const char *const *)words->pdata);
    completion->start = cutting.start;
    return completion;
}
