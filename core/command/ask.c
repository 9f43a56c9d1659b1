#include "core/command/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/error.h"

#define LINE_MOST 1024

struct ask {
    int fd;
};

/* Signals that must find the terminal as it was. */
static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

/* A handler can do little else than write to a pipe: which signal came. */
static int signal_pipe[2] = {-1, -1};

static void on_signal(int number)
{
    int code = errno;
    char byte = (char)number;

    if (write(signal_pipe[1], &byte, 1) < 0)
        byte = 0; /* full: another signal is on its way already */
    errno = code;
}

struct ask *ask_open(gboolean stdin_taken)
{
    struct ask *ask;
    int fd;

    if (!isatty(STDERR_FILENO) || (!stdin_taken && !isatty(STDIN_FILENO)))
        return NULL;
    fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    ask = g_new0(struct ask, 1);
    ask->fd = fd;
    return ask;
}

void ask_free(struct ask *ask)
{
    close(ask->fd);
    g_free(ask);
}

void ask_show(struct ask *ask, const char *text)
{
    gsize left = strlen(text);

    while (left > 0) {
        ssize_t n = write(ask->fd, text, left);

        if (n < 0 && errno != EINTR)
            return;
        text += MAX(n, 0);
        left -= (gsize)MAX(n, 0);
    }
}

/* --- One line, however it is interrupted --- */

struct reading {
    struct ask *ask;
    const char *prompt;
    gboolean hidden;
    struct termios before;
    gboolean changed;
    struct sigaction actions[G_N_ELEMENTS(caught)];
};

static void hide(struct reading *reading)
{
    struct termios now;

    if (!reading->hidden || tcgetattr(reading->ask->fd, &reading->before) < 0)
        return;
    now = reading->before;
    now.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    now.c_lflag |= ICANON | ISIG;
    reading->changed = tcsetattr(reading->ask->fd, TCSAFLUSH, &now) == 0;
}

static void show_again(struct reading *reading)
{
    if (reading->changed)
        tcsetattr(reading->ask->fd, TCSAFLUSH, &reading->before);
    reading->changed = FALSE;
}

static gboolean catch_signals(struct reading *reading)
{
    struct sigaction action = {.sa_handler = on_signal};

    if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
        return FALSE;
    sigemptyset(&action.sa_mask);
    for (guint i = 0; i < G_N_ELEMENTS(caught); i++)
        sigaction(caught[i], &action, &reading->actions[i]);
    return TRUE;
}

static void release_signals(struct reading *reading)
{
    for (guint i = 0; i < G_N_ELEMENTS(caught); i++)
        sigaction(caught[i], &reading->actions[i], NULL);
    close(signal_pipe[0]);
    close(signal_pipe[1]);
}

/* Stops as ^Z asks, with the terminal as it was, and asks again once it goes on. */
static void stop_and_go_on(struct reading *reading)
{
    show_again(reading);
    ask_show(reading->ask, "\n");
    raise(SIGSTOP);
    hide(reading);
    ask_show(reading->ask, reading->prompt);
}

/* FALSE when it is over: a signal that ends the question. */
static gboolean take_signal(struct reading *reading)
{
    char number = 0;

    if (read(signal_pipe[0], &number, 1) != 1)
        return TRUE;
    if (number != SIGTSTP)
        return FALSE;
    stop_and_go_on(reading);
    return TRUE;
}

/* TRUE when the terminal has something to read. */
static gboolean wait_for_line(struct reading *reading)
{
    for (;;) {
        struct pollfd waits[] = {{.fd = reading->ask->fd, .events = POLLIN},
                                 {.fd = signal_pipe[0], .events = POLLIN}};

        if (poll(waits, G_N_ELEMENTS(waits), -1) < 0 && errno != EINTR)
            return FALSE;
        if (waits[1].revents && !take_signal(reading))
            return FALSE;
        if (waits[0].revents)
            return TRUE;
    }
}

static gboolean set_interrupted(GError **error)
{
    g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_CANCELLED, "interrupted");
    return FALSE;
}

/* Into line, of LINE_MOST bytes, without its end. The end of the input is an empty line. */
static gboolean read_line(struct reading *reading, char *line, GError **error)
{
    ssize_t n;

    if (!wait_for_line(reading))
        return set_interrupted(error);
    n = read(reading->ask->fd, line, LINE_MOST);
    if (n < 0)
        return set_interrupted(error);
    if (n == LINE_MOST) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_INPUT, "that is too long");
        return FALSE;
    }
    line[n] = '\0';
    if (n > 0 && line[n - 1] == '\n')
        line[n - 1] = '\0';
    return TRUE;
}

static gboolean ask_line(struct ask *ask, const char *prompt, gboolean hidden, char *line,
                         GError **error)
{
    struct reading reading = {.ask = ask, .prompt = prompt, .hidden = hidden};
    gboolean got;

    if (!catch_signals(&reading))
        return set_interrupted(error);
    hide(&reading);
    ask_show(ask, prompt);
    got = read_line(&reading, line, error);
    show_again(&reading);
    release_signals(&reading);
    if (hidden || !got)
        ask_show(ask, "\n");
    return got;
}

/* --- Questions --- */

gboolean ask_yes(struct ask *ask, const char *question, gboolean *yes, GError **error)
{
    g_autofree char *prompt = g_strconcat(question, " yes/no: ", NULL);
    char line[LINE_MOST];

    for (;;) {
        if (!ask_line(ask, prompt, FALSE, line, error))
            return FALSE;
        g_strstrip(line);
        *yes = g_ascii_strcasecmp(line, "yes") == 0 || g_ascii_strcasecmp(line, "y") == 0;
        if (*yes || !*line || g_ascii_strcasecmp(line, "no") == 0 ||
            g_ascii_strcasecmp(line, "n") == 0)
            return TRUE;
    }
}

char *ask_text(struct ask *ask, const char *question, const char *usual, GError **error)
{
    g_autofree char *prompt = usual && *usual ? g_strdup_printf("%s [%s]: ", question, usual)
                                              : g_strdup_printf("%s: ", question);
    char line[LINE_MOST];

    if (!ask_line(ask, prompt, FALSE, line, error))
        return NULL;
    g_strstrip(line);
    return g_strdup(*line ? line : usual ? usual : "");
}

/* Never written out to a swap file, where that can be had. */
static char *secret_new(void)
{
    char *secret = g_malloc0(LINE_MOST);

    mlock(secret, LINE_MOST);
    return secret;
}

void secret_free(char *secret)
{
    if (!secret)
        return;
    explicit_bzero(secret, LINE_MOST);
    munlock(secret, LINE_MOST);
    g_free(secret);
}

char *ask_secret(struct ask *ask, const char *prompt, GError **error)
{
    char *secret = secret_new();

    if (ask_line(ask, prompt, TRUE, secret, error))
        return secret;
    secret_free(secret);
    return NULL;
}

char *secret_read(int fd, GError **error)
{
    char *secret = secret_new();
    gsize size = 0;
    ssize_t n = 1;

    while (size < LINE_MOST - 1 && !memchr(secret, '\n', size)) {
        n = read(fd, secret + size, LINE_MOST - 1 - size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        size += (gsize)n;
    }
    secret[strcspn(secret, "\r\n")] = '\0';
    if (n >= 0 && *secret && size < LINE_MOST - 1)
        return secret;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "--password-fd %d: %s", fd,
                n < 0 ? g_strerror(errno) : "no password can be read from it");
    secret_free(secret);
    return NULL;
}
