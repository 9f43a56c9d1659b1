#include "tui/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/error.h"
#include "tui/screen.h"
#include "tui/stray.h"
#include "tui/terminal_output.h"

#define MOUSE_ON  "\033[?1002h\033[?1006h" /* motion while a button is held, as SGR */
#define MOUSE_OFF "\033[?1006l\033[?1002l"
#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

#define LEAVE_BYTES_MOST 255
#define CRASH_STACK      (64 * 1024)

/* Signal handlers have no other way to know: static, and read by them. */
static struct {
    struct termios settings; /* as they were */
    struct termios own;      /* as curses made them */
    gboolean has_own;
    char leave[LEAVE_BYTES_MOST + 1];
    volatile sig_atomic_t held;
    volatile sig_atomic_t resized, stop, continued;
    int event_fd;
    gboolean open, mouse, exit_watched;
    void *crash_stack;
} terminal = {.event_fd = -1};

enum signal_kind {
    SIGNAL_EVENT, /* noted, for the main loop */
    SIGNAL_END,   /* ends the program by default */
    SIGNAL_CRASH, /* our own fault */
};

static struct {
    int number;
    enum signal_kind kind;
    gboolean ours;
    struct sigaction before;
} signals[] = {
    {SIGWINCH, SIGNAL_EVENT}, {SIGTSTP, SIGNAL_EVENT}, {SIGCONT, SIGNAL_EVENT},
    {SIGHUP, SIGNAL_END},     {SIGINT, SIGNAL_END},    {SIGQUIT, SIGNAL_END},
    {SIGTERM, SIGNAL_END},    {SIGSEGV, SIGNAL_CRASH}, {SIGBUS, SIGNAL_CRASH},
    {SIGABRT, SIGNAL_CRASH},  {SIGFPE, SIGNAL_CRASH},  {SIGILL, SIGNAL_CRASH},
    {SIGTRAP, SIGNAL_CRASH},
};

/* --- Giving it back -------------------------------------------------------------------------- */

void screen_emergency_restore(void)
{
    static const char modes_off[] = MOUSE_OFF PASTE_OFF;
    int saved_errno = errno;

    if (terminal.held) {
        terminal.held = 0;
        terminal_output_emergency(modes_off, sizeof modes_off - 1);
        terminal_output_emergency(terminal.leave, strlen(terminal.leave));
        tcsetattr(STDIN_FILENO, TCSANOW, &terminal.settings);
    }
    stray_emergency_release();
    errno = saved_errno;
}

static void on_exit_restore(void)
{
    screen_emergency_restore();
}

/* --- Signals --------------------------------------------------------------------------------- */

static void on_event(int number)
{
    static const guint64 one = 1;
    int saved_errno = errno;

    if (number == SIGWINCH)
        terminal.resized = 1;
    else if (number == SIGTSTP)
        terminal.stop = 1;
    else
        terminal.continued = 1;
    /* Fails only when it is readable for sure already. */
    if (write(terminal.event_fd, &one, sizeof one) < 0)
        errno = saved_errno;
    errno = saved_errno;
}

/* Gives the terminal back, then lets the signal do what it would have done. */
static void on_end(int number, siginfo_t *info, void *context)
{
    (void)context;
    screen_emergency_restore();
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        if (signals[i].number == number)
            sigaction(number, &signals[i].before, NULL);
    }
    /* A fault of the processor comes again by itself, with all its circumstances. */
    if (info->si_code <= 0 || number == SIGABRT || number == SIGTRAP)
        raise(number);
}

static void watch_signal(gsize i)
{
    struct sigaction action = {0};

    sigaction(signals[i].number, NULL, &signals[i].before);
    if (signals[i].kind == SIGNAL_END && signals[i].before.sa_handler != SIG_DFL)
        return;
    if (signals[i].number == SIGTSTP && signals[i].before.sa_handler == SIG_IGN)
        return; /* as in a kiosk, which nobody would continue */
    sigemptyset(&action.sa_mask);
    if (signals[i].kind == SIGNAL_EVENT) {
        action.sa_handler = on_event;
        action.sa_flags = SA_RESTART;
    } else {
        action.sa_sigaction = on_end;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    }
    signals[i].ours = sigaction(signals[i].number, &action, NULL) == 0;
}

static void unwatch_signal(gsize i)
{
    struct sigaction now;

    if (!signals[i].ours)
        return;
    signals[i].ours = FALSE;
    sigaction(signals[i].number, NULL, &now);
    /* Somebody may have put another handler over ours; it is theirs to take away. */
    if (now.sa_handler == on_event || now.sa_sigaction == on_end)
        sigaction(signals[i].number, &signals[i].before, NULL);
}

/* A stack that overflowed has no room for a handler. */
static void set_crash_stack(gboolean on)
{
    stack_t stack = {.ss_flags = SS_DISABLE};
    stack_t before;

    if (sigaltstack(NULL, &before) != 0)
        return;
    if (on && (before.ss_flags & SS_DISABLE)) {
        terminal.crash_stack = g_malloc(CRASH_STACK);
        stack = (stack_t){.ss_sp = terminal.crash_stack, .ss_size = CRASH_STACK};
        sigaltstack(&stack, NULL);
    } else if (!on && terminal.crash_stack != NULL && before.ss_sp == terminal.crash_stack) {
        sigaltstack(&stack, NULL);
        g_clear_pointer(&terminal.crash_stack, g_free);
    }
}

guint terminal_take_events(void)
{
    guint64 count;
    guint events = 0;

    /* Emptied before the flags are read: what comes in between is seen twice, never lost. */
    if (read(terminal.event_fd, &count, sizeof count) < 0)
        count = 0;
    if (terminal.resized)
        events |= TERMINAL_RESIZED;
    if (terminal.stop)
        events |= TERMINAL_STOP;
    if (terminal.continued)
        events |= TERMINAL_CONTINUED;
    if (events & TERMINAL_RESIZED)
        terminal.resized = 0;
    if (events & TERMINAL_STOP)
        terminal.stop = 0;
    if (events & TERMINAL_CONTINUED)
        terminal.continued = 0;
    return events;
}

int terminal_event_fd(void)
{
    return terminal.event_fd;
}

void terminal_stop(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL}, before;

    sigemptyset(&action.sa_mask);
    sigaction(SIGTSTP, &action, &before);
    kill(0, SIGTSTP); /* the whole job: a shell waits for all of it */
    sigaction(SIGTSTP, &before, NULL);
    terminal.stop = terminal.continued = 0;
}

/* --- The terminal ---------------------------------------------------------------------------- */

gboolean terminal_open(GError **error)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
        tcgetattr(STDIN_FILENO, &terminal.settings) != 0) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                    "%s is not a terminal: run the console in one, without redirecting it",
                    isatty(STDIN_FILENO) ? "standard output" : "standard input");
        return FALSE;
    }
    terminal.event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (terminal.event_fd < 0) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "eventfd: %s", g_strerror(errno));
        return FALSE;
    }
    set_crash_stack(TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
        watch_signal(i);
    if (!terminal.exit_watched)
        atexit(on_exit_restore);
    terminal.exit_watched = TRUE;
    terminal.open = TRUE;
    return TRUE;
}

void terminal_close(void)
{
    if (!terminal.open)
        return;
    terminal.open = FALSE;
    terminal.held = 0;
    terminal.has_own = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
        unwatch_signal(i);
    set_crash_stack(FALSE);
    terminal_restore();
    close(terminal.event_fd);
    terminal.event_fd = -1;
}

void terminal_hold(const char *leave, gboolean mouse)
{
    g_strlcpy(terminal.leave, leave, sizeof terminal.leave);
    terminal.mouse = mouse;
    terminal.held = 1;
    /* Curses would wait until a terminal that is stopped has shown what was written. */
    if (!terminal.has_own)
        terminal.has_own = tcgetattr(STDIN_FILENO, &terminal.own) == 0;
    else
        tcsetattr(STDIN_FILENO, TCSANOW, &terminal.own);
    terminal_output_send(PASTE_ON, strlen(PASTE_ON));
    if (mouse)
        terminal_output_send(MOUSE_ON, strlen(MOUSE_ON));
}

void terminal_release(void)
{
    if (!terminal.held)
        return;
    terminal_output_send(MOUSE_OFF PASTE_OFF, strlen(MOUSE_OFF PASTE_OFF));
    terminal.held = 0;
}

void terminal_restore(void)
{
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal.settings);
}

void terminal_set_mouse(gboolean on)
{
    if (terminal.held && on != terminal.mouse)
        terminal_output_send(on ? MOUSE_ON : MOUSE_OFF, strlen(on ? MOUSE_ON : MOUSE_OFF));
    terminal.mouse = on;
}

gssize terminal_read(char *bytes, gsize most)
{
    struct pollfd poll_fd = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t length;

    /* Asked first: making it non-blocking would make the shell's so too, which shares it. */
    if (poll(&poll_fd, 1, 0) <= 0)
        return 0;
    length = read(STDIN_FILENO, bytes, most);
    if (length > 0)
        return length;
    return length < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : -1;
}

gboolean terminal_wait(guint most_ms)
{
    struct pollfd poll_fd = {.fd = STDIN_FILENO, .events = POLLIN};

    return poll(&poll_fd, 1, (int)most_ms) > 0;
}

gboolean terminal_size(int *width, int *height)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return FALSE;
    *width = MIN((int)size.ws_col, SURFACE_WIDTH_MOST);
    *height = MIN((int)size.ws_row, SURFACE_HEIGHT_MOST);
    return TRUE;
}
