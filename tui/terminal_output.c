#include "tui/terminal_output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <glib-unix.h>

#include "tui/sgr.h"
#include "tui/terminal_pace.h"

#define EMERGENCY_MS 1000

/* Signal handlers have no other way to know: static, and `fd` is read by them. */
static struct {
    volatile int fd; /* the terminal, which never blocks; -1 = standard output, which may */
    FILE *stream;    /* curses's */
    gboolean begun;  /* the stream's descriptor is a file in memory */
    gboolean asks;   /* how far the terminal is, while somebody watches */
    GByteArray *waiting;
    gboolean saves_styles;
    struct sgr sgr;
    guint source;
    void (*gone)(gpointer data);
    gpointer data;
} output = {.fd = -1};

/* --- The terminal, opened anew ---------------------------------------------------------------
 * O_NONBLOCK belongs to what was opened, and what standard output is was opened for the shell.
 */

static gboolean is_same_terminal(int fd)
{
    struct stat one, other;

    return fstat(fd, &one) == 0 && fstat(STDOUT_FILENO, &other) == 0 &&
           one.st_rdev == other.st_rdev;
}

static int open_anew(void)
{
    static const int flags = O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
    int fd = open("/proc/self/fd/1", flags);

    if (fd >= 0 && is_same_terminal(fd))
        return fd;
    if (fd >= 0)
        close(fd);
    /* It may be another user's, as after su; our own terminal we may open by that name. */
    return tcgetsid(STDOUT_FILENO) == getsid(0) ? open("/dev/tty", flags) : -1;
}

static int target(void)
{
    return output.fd >= 0 ? output.fd : STDOUT_FILENO;
}

/* --- Sending --------------------------------------------------------------------------------- */

/* What goes at once. */
static void send_some(void)
{
    gsize sent = 0;

    while (sent < output.waiting->len) {
        ssize_t written = write(target(), output.waiting->data + sent, output.waiting->len - sent);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno != EAGAIN)
            sent = output.waiting->len; /* it is gone; whoever reads from it hears so too */
        if (written <= 0)
            break;
        sent += (gsize)written;
    }
    if (sent > 0)
        g_byte_array_remove_range(output.waiting, 0, (guint)sent);
}

static gboolean takes_more(int fd, GIOCondition condition, gpointer data)
{
    (void)fd;
    (void)condition;
    (void)data;
    send_some();
    if (output.waiting->len > 0)
        return G_SOURCE_CONTINUE;
    output.source = 0;
    if (output.gone != NULL)
        output.gone(output.data);
    return G_SOURCE_REMOVE;
}

static void send_soon(void)
{
    send_some();
    if (output.waiting->len > 0 && output.source == 0)
        output.source = g_unix_fd_add(target(), G_IO_OUT | G_IO_ERR | G_IO_HUP, takes_more, NULL);
}

void terminal_output_send(const char *bytes, gsize length)
{
    if (output.waiting == NULL) {
        terminal_output_emergency(bytes, length);
        return;
    }
    g_byte_array_append(output.waiting, (const guint8 *)bytes, (guint)length);
    send_soon();
}

/* The file in memory is read and made empty. How many bytes came of it. */
static gsize take_written(void)
{
    int fd = fileno(output.stream);
    off_t length = lseek(fd, 0, SEEK_END);
    guint before = output.waiting->len;
    g_autofree char *bytes = NULL;
    ssize_t got;

    if (length <= 0)
        return 0;
    bytes = g_malloc((gsize)length);
    got = pread(fd, bytes, (size_t)length, 0);
    if (got > 0 && output.saves_styles)
        sgr_pass(&output.sgr, bytes, (gsize)got, output.waiting);
    else if (got > 0)
        g_byte_array_append(output.waiting, (const guint8 *)bytes, (guint)got);
    if (ftruncate(fd, 0) == 0)
        lseek(fd, 0, SEEK_SET);
    return output.waiting->len - before;
}

static void ask_terminal(void)
{
    static const char question[] = TERMINAL_PACE_QUESTION;

    g_byte_array_append(output.waiting, (const guint8 *)question, sizeof question - 1);
}

void terminal_output_flush(void)
{
    gsize written;

    if (!output.begun)
        return;
    written = take_written();
    if (written > 0 && terminal_pace_asks(written))
        ask_terminal();
    send_soon();
}

static gboolean is_waiting(void)
{
    return output.waiting != NULL && output.waiting->len > 0;
}

gboolean terminal_output_is_late(void)
{
    return is_waiting() || terminal_pace_is_late();
}

static void be_late_no_more(void)
{
    if (output.gone != NULL && !is_waiting())
        output.gone(output.data);
}

void terminal_output_watch(void (*gone)(gpointer data), gpointer data)
{
    gboolean begins = output.gone == NULL && gone != NULL && output.asks;

    output.gone = gone;
    output.data = data;
    if (gone == NULL)
        terminal_pace_end();
    if (!begins)
        return;
    terminal_pace_begin(be_late_no_more);
    if (terminal_pace_asks(0)) { /* before any frame, when little delays the answer */
        ask_terminal();
        send_soon();
    }
}

void terminal_output_drop(void)
{
    sgr_forget(&output.sgr); /* a shell may come now, or did */
    if (!is_waiting())
        return;
    g_byte_array_set_size(output.waiting, 0);
    terminal_pace_forget();
}

void terminal_output_finish(guint most_ms)
{
    gint64 until_us = g_get_monotonic_time() + (gint64)most_ms * 1000;

    if (output.begun)
        take_written();
    send_soon();
    while (is_waiting()) {
        struct pollfd poll_fd = {.fd = target(), .events = POLLOUT};
        gint64 left_us = until_us - g_get_monotonic_time();

        if (left_us <= 0 || poll(&poll_fd, 1, (int)(left_us / 1000) + 1) == 0)
            return;
        send_some();
    }
}

void terminal_output_emergency(const char *bytes, gsize length)
{
    while (length > 0) {
        struct pollfd poll_fd = {.fd = target(), .events = POLLOUT};
        ssize_t written;

        if (poll(&poll_fd, 1, EMERGENCY_MS) == 0)
            return;
        written = write(poll_fd.fd, bytes, length);
        if (written > 0) {
            bytes += written;
            length -= (gsize)written;
        } else if (written == 0 || (errno != EINTR && errno != EAGAIN)) {
            return;
        }
    }
}

/* --- Beginning and end ----------------------------------------------------------------------- */

FILE *terminal_output_open(void)
{
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    output.stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (output.stream == NULL && fd >= 0)
        close(fd);
    if (output.stream == NULL)
        return NULL;
    output.fd = open_anew();
    output.waiting = g_byte_array_new();
    return output.stream;
}

/* Where there is no memory for it, curses goes on to write to the terminal itself. */
void terminal_output_begin(gboolean asks)
{
    int memory = memfd_create("roost-screen", MFD_CLOEXEC);

    if (memory < 0)
        return;
    output.begun = dup3(memory, fileno(output.stream), O_CLOEXEC) >= 0;
    close(memory);
    output.asks = output.begun && asks;
}

void terminal_output_save_styles(void)
{
    output.saves_styles = TRUE;
    sgr_forget(&output.sgr);
}

void terminal_output_close(void)
{
    int fd = output.fd;

    terminal_pace_end();
    if (output.source != 0)
        g_source_remove(output.source);
    g_clear_pointer(&output.waiting, g_byte_array_unref);
    g_clear_pointer(&output.stream, fclose);
    output.source = 0;
    output.begun = output.asks = output.saves_styles = FALSE;
    output.gone = NULL;
    output.fd = -1;
    if (fd >= 0)
        close(fd);
}
