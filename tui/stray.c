#include "tui/stray.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>

#include "core/base/text.h"

#define TELL_MS 100

/* Signal handlers have no other way to know: static, and read by them. */
static struct {
    int read_fd;
    volatile int real_fd; /* standard error as it was; -1 = nothing is held */
    guint source;
    GString *begun; /* a line whose end has not come yet */
    GQueue lines;   /* char * */
    guint n_lines;  /* all there were */
} stray = {.read_fd = -1, .real_fd = -1, .lines = G_QUEUE_INIT};

/* --- Keeping --------------------------------------------------------------------------------- */

static void end_line(void)
{
    if (stray.begun->len == 0)
        return;
    g_queue_push_tail(&stray.lines, g_strndup(stray.begun->str, stray.begun->len));
    g_string_truncate(stray.begun, 0);
    stray.n_lines++;
    if (stray.lines.length > STRAY_LINES_MOST)
        g_free(g_queue_pop_head(&stray.lines));
}

static void take_bytes(const char *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] == '\n')
            end_line();
        else if (stray.begun->len < STRAY_BYTES_MOST)
            g_string_append_c(stray.begun, bytes[i]);
    }
}

static gboolean drain(int fd, GIOCondition condition, gpointer data)
{
    char bytes[4096];
    ssize_t length;

    (void)condition;
    (void)data;
    while ((length = read(fd, bytes, sizeof bytes)) > 0)
        take_bytes(bytes, (gsize)length);
    return G_SOURCE_CONTINUE;
}

/* --- Standard error -------------------------------------------------------------------------- */

void stray_hold(void)
{
    int ends[2];
    int real_fd;

    if (stray.real_fd >= 0 || !isatty(STDERR_FILENO))
        return;
    /* Not blocking: whoever writes more than is read loses it, and never waits for the screen. */
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    real_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (real_fd < 0 || dup2(ends[1], STDERR_FILENO) < 0) {
        if (real_fd >= 0)
            close(real_fd);
        close(ends[0]);
        close(ends[1]);
        return;
    }
    close(ends[1]);
    stray.begun = g_string_new(NULL);
    stray.n_lines = 0;
    stray.read_fd = ends[0];
    stray.real_fd = real_fd;
    stray.source = g_unix_fd_add(stray.read_fd, G_IO_IN, drain, NULL);
}

static void tell(void)
{
    char *line;

    if (stray.n_lines > STRAY_LINES_MOST)
        fprintf(stderr, "roost: the last %d of %u lines that libraries wrote:\n", STRAY_LINES_MOST,
                stray.n_lines);
    while ((line = g_queue_pop_head(&stray.lines)) != NULL) {
        g_autofree char *escaped = text_escape(line);
        struct pollfd poll_fd = {.fd = STDERR_FILENO, .events = POLLOUT};

        /* Nobody waits for a terminal that is stopped. */
        if (poll(&poll_fd, 1, TELL_MS) > 0)
            fprintf(stderr, "%s\n", escaped);
        g_free(line);
    }
}

void stray_release(void)
{
    if (stray.real_fd < 0)
        return;
    dup2(stray.real_fd, STDERR_FILENO);
    close(stray.real_fd);
    stray.real_fd = -1;
    g_source_remove(stray.source);
    drain(stray.read_fd, G_IO_IN, NULL);
    close(stray.read_fd);
    stray.read_fd = -1;
    end_line();
    g_string_free(stray.begun, TRUE);
    stray.begun = NULL;
    tell();
}

void stray_emergency_release(void)
{
    char bytes[512];
    ssize_t length;
    int saved_errno = errno;

    if (stray.real_fd < 0)
        return;
    dup2(stray.real_fd, STDERR_FILENO);
    stray.real_fd = -1;
    while ((length = read(stray.read_fd, bytes, sizeof bytes)) > 0) {
        if (write(STDERR_FILENO, bytes, (size_t)length) < 0)
            break;
    }
    errno = saved_errno;
}
