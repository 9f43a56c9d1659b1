#include "core/command/shell_editor.h"

#include <errno.h>
#include <glib-unix.h>
#include <histedit.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "core/base/text.h"

#define HISTORY_LINES 1000

/* More than that nobody reads. */
#define CANDIDATES_SHOWN 100

#define COLUMNS_USUAL 80
#define GAP           2

struct shell_editor {
    EditLine *line;
    History *history;
    FILE *out;
    const char *prompt;
    shell_complete_func complete;
    gpointer data;
    guint resized; /* source of the main loop */
    gboolean reading;
    gboolean readable;
    gboolean interrupted;
    mbstate_t decoding;
};

/* --- Keys ------------------------------------------------------------------------------------- */

static gboolean on_readable(G_GNUC_UNUSED gint fd, G_GNUC_UNUSED GIOCondition condition,
                            gpointer data)
{
    struct shell_editor *editor = data;
    editor->readable = TRUE;
    return G_SOURCE_REMOVE;
}

/* FALSE when interrupted. */
static gboolean wait_for_key(struct shell_editor *editor)
{
    editor->readable = FALSE;
    guint source = g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, editor);
    while (!editor->readable && !editor->interrupted)
        g_main_context_iteration(NULL, TRUE);
    if (!editor->readable)
        g_source_remove(source);
    return !editor->interrupted;
}

/* As libedit wants it: 1 a character, 0 the end, -1 an error. */
static int read_key(EditLine *line, wchar_t *into)
{
    struct shell_editor *editor;
    el_get(line, EL_CLIENTDATA, &editor);
    for (;;) {
        char byte;
        if (!wait_for_key(editor)) {
            errno = EINTR;
            return -1;
        }
        ssize_t count = read(STDIN_FILENO, &byte, 1);
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (count <= 0)
            return (int)count;
        size_t used = mbrtowc(into, &byte, 1, &editor->decoding);
        if (used == (size_t)-2)
            continue;
        if (used != (size_t)-1)
            return 1;
        /* No character of this locale: forget it. */
        memset(&editor->decoding, 0, sizeof(editor->decoding));
    }
}

static gboolean on_resize(gpointer data)
{
    struct shell_editor *editor = data;
    el_resize(editor->line);
    return G_SOURCE_CONTINUE;
}

static char *give_prompt(EditLine *line)
{
    struct shell_editor *editor;
    el_get(line, EL_CLIENTDATA, &editor);
    return (char *)editor->prompt;
}

/* --- Completion ------------------------------------------------------------------------------- */

static guint terminal_columns(const struct shell_editor *editor)
{
    int columns = 0;
    el_get(editor->line, EL_GETTC, "co", &columns);
    return columns > 0 ? (guint)columns : COLUMNS_USUAL;
}

static void show_candidates(const struct shell_editor *editor, const GPtrArray *candidates)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    guint shown = MIN(candidates->len, CANDIDATES_SHOWN);
    guint width = 1;
    for (guint i = 0; i < shown; i++) {
        const struct candidate *candidate = candidates->pdata[i];
        char *text = text_escape(*candidate->text ? candidate->text : "(a file)");
        g_ptr_array_add(texts, text);
        width = MAX(width, text_width(text) + GAP);
    }
    guint columns = MAX(1, terminal_columns(editor) / width);
    guint rows = (shown + columns - 1) / columns;
    for (guint row = 0; row < rows; row++) {
        fputc('\n', editor->out);
        for (guint i = row; i < shown; i += rows) {
            const char *text = texts->pdata[i];
            int padding = i + rows < shown ? (int)(width - text_width(text)) : 0;
            fprintf(editor->out, "%s%*s", text, padding, "");
        }
    }
    if (candidates->len > shown)
        fprintf(editor->out, "\nand %u more", candidates->len - shown);
    fputc('\n', editor->out);
    fflush(editor->out);
}

/* Puts what all candidates begin with, and of a single one the whole, in the word's place. */
static unsigned char on_tab(EditLine *line, G_GNUC_UNUSED int key)
{
    struct shell_editor *editor;
    el_get(line, EL_CLIENTDATA, &editor);
    const LineInfo *info = el_line(line);
    g_autofree char *text = g_strndup(info->buffer, (gsize)(info->lastchar - info->buffer));
    gsize cursor = (gsize)(info->cursor - info->buffer);
    autoptr(completion) found = editor->complete(text, cursor, editor->data);
    g_autofree char *common = completion_common(found);
    g_autofree char *typed = g_strndup(text + found->start, cursor - found->start);
    gboolean single = found->candidates->len == 1 && *common;
    if (found->candidates->len == 0)
        return CC_ERROR;
    if (!single && strlen(common) <= strlen(typed)) {
        show_candidates(editor, found->candidates);
        return CC_REDISPLAY;
    }
    el_deletestr(line, (int)g_utf8_strlen(typed, -1));
    if (el_insertstr(line, common) != 0 ||
        (single && !g_str_has_suffix(common, "=") && el_insertstr(line, " ") != 0))
        return CC_ERROR;
    return CC_REFRESH;
}

/* --- Life ------------------------------------------------------------------------------------- */

static void set_up(struct shell_editor *editor)
{
    EditLine *line = editor->line;
    HistEvent event;
    history(editor->history, &event, H_SETSIZE, HISTORY_LINES);
    history(editor->history, &event, H_SETUNIQUE, 1);
    el_set(line, EL_CLIENTDATA, editor);
    el_set(line, EL_PROMPT, give_prompt);
    el_set(line, EL_EDITOR, "emacs");
    el_set(line, EL_HIST, history, editor->history);
    el_set(line, EL_GETCFN, read_key);
    el_set(line, EL_ADDFN, "roost-complete", "Complete the word at the cursor", on_tab);
    el_set(line, EL_BIND, "^I", "roost-complete", NULL);
    /* As readline has it. */
    el_set(line, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_source(line, NULL);
    editor->resized = g_unix_signal_add(SIGWINCH, on_resize, editor);
}

struct shell_editor *shell_editor_new(FILE *out, shell_complete_func complete, gpointer data)
{
    struct shell_editor *editor = g_new0(struct shell_editor, 1);
    editor->out = out;
    editor->prompt = "";
    editor->complete = complete;
    editor->data = data;
    editor->history = history_init();
    editor->line = el_init("roost", stdin, out, stderr);
    if (!editor->line || !editor->history) {
        shell_editor_free(editor);
        return NULL;
    }
    set_up(editor);
    return editor;
}

void shell_editor_free(struct shell_editor *editor)
{
    if (!editor)
        return;
    if (editor->resized)
        g_source_remove(editor->resized);
    if (editor->line)
        el_end(editor->line);
    if (editor->history)
        history_end(editor->history);
    g_free(editor);
}

char *shell_editor_read(struct shell_editor *editor, const char *prompt, enum shell_end *end)
{
    int count = 0;
    editor->prompt = prompt;
    editor->interrupted = FALSE;
    editor->reading = TRUE;
    const char *line = el_gets(editor->line, &count);
    editor->reading = FALSE;
    editor->prompt = "";
    if (editor->interrupted) {
        el_reset(editor->line);
        *end = SHELL_INTERRUPTED;
        return NULL;
    }
    *end = line && count > 0 ? SHELL_LINE : SHELL_EOF;
    if (*end == SHELL_EOF)
        return NULL;
    char *text = g_strndup(line, (gsize)count);
    g_strdelimit(text, "\n", '\0');
    return text;
}

void shell_editor_interrupt(struct shell_editor *editor)
{
    editor->interrupted = TRUE;
    g_main_context_wakeup(NULL);
}

void shell_editor_remember(struct shell_editor *editor, const char *line)
{
    HistEvent event;
    history(editor->history, &event, H_ENTER, line);
}

void shell_editor_hide(struct shell_editor *editor)
{
    if (!editor->reading)
        return;
    fputs("\r\033[K", editor->out);
    fflush(editor->out);
}

void shell_editor_show(struct shell_editor *editor)
{
    if (!editor->reading)
        return;
    fflush(editor->out);
    el_set(editor->line, EL_REFRESH);
}
