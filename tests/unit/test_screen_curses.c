#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/error.h"
#include "tui/screen.h"

#define DEADLINE_MS 10000 /* only a broken test waits that long */

/* Each test runs in a process of its own, with a terminal of its own for input and output. */
struct pseudo_terminal {
    int master, output;
    struct theme *theme;
    struct screen *screen;
    struct surface *surface;
};

static void open_terminal(struct pseudo_terminal *terminal, int width, int height)
{
    struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};
    int slave;

    g_assert_cmpint(openpty(&terminal->master, &slave, NULL, NULL, &size), ==, 0);
    fcntl(terminal->master, F_SETFL, O_NONBLOCK);
    fflush(stdout);
    terminal->output = dup(STDOUT_FILENO);
    dup2(slave, STDIN_FILENO);
    dup2(slave, STDOUT_FILENO);
    close(slave);
    g_setenv("TERM", "xterm-256color", TRUE);
    g_unsetenv("NO_COLOR");
}

static void open_screen(struct pseudo_terminal *terminal, int width, int height)
{
    g_autoptr(GError) error = NULL;

    open_terminal(terminal, width, height);
    terminal->theme = theme_load("default", NULL, &error);
    g_assert_no_error(error);
    terminal->screen = screen_curses_new(terminal->theme, TRUE, &error);
    g_assert_no_error(error);
    screen_size(terminal->screen, &width, &height);
    terminal->surface = surface_new(width, height);
}

/* What the program has sent since the last call, NULs left out. */
static GString *sent(struct pseudo_terminal *terminal)
{
    GString *bytes = g_string_new(NULL);
    char piece[4096];
    ssize_t length;

    while ((length = read(terminal->master, piece, sizeof piece)) > 0)
        g_string_append_len(bytes, piece, length);
    return bytes;
}

static gsize count_sent(struct pseudo_terminal *terminal)
{
    GString *bytes = sent(terminal);
    gsize count = bytes->len;

    g_string_free(bytes, TRUE);
    return count;
}

static void type(struct pseudo_terminal *terminal, const char *bytes)
{
    g_assert_cmpint(write(terminal->master, bytes, strlen(bytes)), ==, (gssize)strlen(bytes));
}

/* The next input, waited for: the kernel hands bytes on in its own time. */
static struct input next_input(struct pseudo_terminal *terminal)
{
    struct input input;

    while (!screen_read(terminal->screen, &input)) {
        struct pollfd poll_fd = {.fd = STDIN_FILENO, .events = POLLIN};

        g_assert_cmpint(poll(&poll_fd, 1, DEADLINE_MS), ==, 1);
    }
    return input;
}

static void close_screen(struct pseudo_terminal *terminal)
{
    screen_free(terminal->screen);
    surface_free(terminal->surface);
    theme_free(terminal->theme);
    dup2(terminal->output, STDOUT_FILENO);
}

/* --- What is run in processes of their own ---------------------------------------------------- */

static void run_bytes(void)
{
    struct pseudo_terminal terminal;
    GString *bytes;

    open_screen(&terminal, 80, 24);
    surface_text(terminal.surface, 5, 5, -1, "pc07 日本 ■■»", ROLE_OVER, 0);
    screen_show(terminal.screen, terminal.surface);
    bytes = sent(&terminal);
    g_assert_nonnull(strstr(bytes->str, "pc07"));
    g_assert_nonnull(strstr(bytes->str, "日本"));
    g_string_free(bytes, TRUE);
    screen_show(terminal.screen, terminal.surface);
    g_assert_cmpuint(count_sent(&terminal), ==, 0);
    surface_text(terminal.surface, 40, 20, -1, "pc31 u", ROLE_UNDER, 0);
    screen_show(terminal.screen, terminal.surface);
    g_assert_cmpuint(count_sent(&terminal), <, 60);
    terminal.surface->cursor_x = terminal.surface->cursor_y = 3;
    screen_show(terminal.screen, terminal.surface);
    g_assert_cmpuint(count_sent(&terminal), >, 0);
    screen_redraw(terminal.screen);
    bytes = sent(&terminal);
    g_assert_nonnull(strstr(bytes->str, "pc07"));
    g_string_free(bytes, TRUE);
    close_screen(&terminal);
}

static void run_inputs(void)
{
    struct pseudo_terminal terminal;
    struct input input;

    open_screen(&terminal, 80, 24);
    type(&terminal, "\033[<0;10;5M\033[<32;12;6M\033[200~q\033[201~\033[15~\033[<0;999;5M\033");
    input = next_input(&terminal);
    g_assert_cmpint(input.kind, ==, INPUT_PRESS);
    g_assert_cmpint(input.x, ==, 9);
    g_assert_cmpint(next_input(&terminal).kind, ==, INPUT_DRAG);
    input = next_input(&terminal);
    g_assert_cmpint(input.kind, ==, INPUT_PASTE);
    g_assert_cmpstr(input.text, ==, "q");
    g_assert_cmpuint(next_input(&terminal).key, ==, INPUT_KEY_F1 + 4);
    g_assert_cmpuint(next_input(&terminal).key, ==, INPUT_KEY_ESCAPE);
    close_screen(&terminal);
}

struct watching {
    struct pseudo_terminal *terminal;
    GMainLoop *loop;
    guint key;
};

static void on_ready(gpointer data)
{
    struct watching *watching = data;
    struct input input;

    while (screen_read(watching->terminal->screen, &input)) {
        watching->key = input.key;
        g_main_loop_quit(watching->loop);
    }
}

static void run_watch_escape(struct pseudo_terminal *terminal, GMainLoop *loop)
{
    struct watching watching = {terminal, loop, 0};

    screen_watch(terminal->screen, on_ready, &watching);
    type(terminal, "\033");
    g_main_loop_run(loop);
    g_assert_cmpuint(watching.key, ==, INPUT_KEY_ESCAPE);
    type(terminal, "\033[A");
    g_main_loop_run(loop);
    g_assert_cmpuint(watching.key, ==, INPUT_KEY_UP);
}

static void run_watch(void)
{
    struct pseudo_terminal terminal;
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);

    open_screen(&terminal, 80, 24);
    run_watch_escape(&terminal, loop);
    close_screen(&terminal);
}

static void run_resize(void)
{
    static const struct winsize sizes[] = {{30, 100}, {1, 1}, {0, 0}, {65535, 65535}, {24, 80}};
    struct pseudo_terminal terminal;

    open_screen(&terminal, 80, 24);
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct input input;
        int width, height;

        ioctl(terminal.master, TIOCSWINSZ, &sizes[i]);
        raise(SIGWINCH);
        g_assert_true(screen_read(terminal.screen, &input));
        g_assert_cmpint(input.kind, ==, INPUT_RESIZE);
        g_assert_false(screen_read(terminal.screen, &input));
        screen_size(terminal.screen, &width, &height);
        if (sizes[i].ws_col > 0)
            g_assert_cmpint(width, ==, MIN(sizes[i].ws_col, SURFACE_WIDTH_MOST));
        surface_resize(terminal.surface, width, height);
        surface_text(terminal.surface, 0, 0, -1, "日本", ROLE_TEXT, 0);
        screen_show(terminal.screen, terminal.surface);
        count_sent(&terminal);
    }
    close_screen(&terminal);
}

static void run_leave(void)
{
    struct pseudo_terminal terminal;
    struct termios before, during, after;
    GString *bytes;

    open_terminal(&terminal, 80, 24);
    tcgetattr(terminal.master, &before);
    close(terminal.master);
    dup2(terminal.output, STDOUT_FILENO);
    open_screen(&terminal, 80, 24);
    tcgetattr(terminal.master, &during);
    g_assert_false(during.c_lflag & (ICANON | ECHO));
    bytes = sent(&terminal);
    g_assert_nonnull(strstr(bytes->str, "\033[?1002h\033[?1006h"));
    g_assert_nonnull(strstr(bytes->str, "\033[?2004h"));
    g_string_free(bytes, TRUE);
    screen_set_mouse(terminal.screen, FALSE);
    bytes = sent(&terminal);
    g_assert_nonnull(strstr(bytes->str, "\033[?1002l"));
    g_string_free(bytes, TRUE);
    close_screen(&terminal);
    tcgetattr(terminal.master, &after);
    g_assert_cmpuint(after.c_lflag, ==, before.c_lflag);
    g_assert_cmpuint(after.c_iflag, ==, before.c_iflag);
    bytes = sent(&terminal);
    g_assert_nonnull(strstr(bytes->str, "\033[?2004l"));
    g_assert_nonnull(strstr(bytes->str, "\033[?1049l"));
    g_string_free(bytes, TRUE);
}

static void die_of(int number)
{
    struct pseudo_terminal terminal;
    struct termios after;
    GString *bytes;
    int status;
    pid_t child;

    open_terminal(&terminal, 80, 24);
    child = fork();
    if (child == 0) {
        if (number != 0)
            signal(number, SIG_DFL); /* a sanitizer's handler would end it in its own way */
        terminal.theme = theme_load("default", NULL, NULL);
        terminal.screen = screen_curses_new(terminal.theme, TRUE, NULL);
        if (number == 0)
            exit(3);
        raise(number);
        _exit(4);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    bytes = sent(&terminal);
    dup2(terminal.output, STDOUT_FILENO);
    if (number == 0)
        g_assert_cmpint(WEXITSTATUS(status), ==, 3);
    else
        g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == number);
    g_assert_nonnull(strstr(bytes->str, "\033[?1006l\033[?1002l\033[?2004l"));
    g_assert_nonnull(strstr(bytes->str, "\033[?1049l"));
    g_string_free(bytes, TRUE);
    tcgetattr(terminal.master, &after);
    g_assert_true(after.c_lflag & ICANON);
}

static void run_exit(void)
{
    die_of(0);
}

static void run_killed(void)
{
    die_of(SIGTERM);
    die_of(SIGHUP);
}

static void run_crashed(void)
{
    die_of(SIGABRT);
    die_of(SIGFPE);
}

static void check_term(struct pseudo_terminal *terminal, const char *term, const char *expected)
{
    g_autoptr(GError) error = NULL;

    g_setenv("TERM", term, TRUE);
    g_assert_null(screen_curses_new(terminal->theme, TRUE, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_true(g_str_has_prefix(error->message, expected));
}

static void run_refusals(void)
{
    struct pseudo_terminal terminal;
    g_autoptr(GError) error = NULL;
    int none = open("/dev/null", O_RDWR);

    open_terminal(&terminal, 80, 24);
    terminal.theme = theme_load("default", NULL, NULL);
    check_term(&terminal, "no\033such", "terminal type TERM=\"no\\x1bsuch\" is not known here");
    check_term(&terminal, "dumb", "terminal type TERM=\"dumb\" is not able to move its cursor");
    g_setenv("TERM", "xterm", TRUE);
    terminal.screen = screen_curses_new(terminal.theme, TRUE, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(terminal.screen->n_colours, ==, 8);
    g_assert_null(screen_curses_new(terminal.theme, TRUE, &error));
    g_assert_nonnull(strstr(error->message, "in use already"));
    g_clear_error(&error);
    screen_free(terminal.screen);
    g_setenv("NO_COLOR", "1", TRUE);
    terminal.screen = screen_curses_new(terminal.theme, TRUE, &error);
    g_assert_cmpuint(terminal.screen->n_colours, ==, 0);
    screen_free(terminal.screen);
    dup2(none, STDIN_FILENO);
    g_assert_null(screen_curses_new(terminal.theme, TRUE, &error));
    g_assert_true(g_str_has_prefix(error->message, "standard input is not a terminal"));
    dup2(terminal.output, STDOUT_FILENO);
    theme_free(terminal.theme);
}

static void run_hangup(void)
{
    struct pseudo_terminal terminal;
    struct input input;

    open_screen(&terminal, 80, 24);
    signal(SIGHUP, SIG_IGN);
    close(terminal.master);
    for (int i = 0; i < 100; i++)
        g_assert_false(screen_read(terminal.screen, &input));
    close_screen(&terminal);
}

/* --- The tests ------------------------------------------------------------------------------- */

static void in_own_process(gconstpointer run)
{
    if (g_test_subprocess()) {
        ((void (*)(void))run)();
        return;
    }
    g_test_trap_subprocess(NULL, (guint64)DEADLINE_MS * 3000, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed();
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
        {"/screen/curses/sends_only_what_changed", run_bytes},
        {"/screen/curses/reads_keys_mouse_and_pastes", run_inputs},
        {"/screen/curses/watch_tells_a_lone_escape", run_watch},
        {"/screen/curses/follows_any_size", run_resize},
        {"/screen/curses/leaves_the_terminal_as_it_was", run_leave},
        {"/screen/curses/exit_gives_the_terminal_back", run_exit},
        {"/screen/curses/killed_gives_the_terminal_back", run_killed},
        {"/screen/curses/crashed_gives_the_terminal_back", run_crashed},
        {"/screen/curses/refuses_with_what_to_do", run_refusals},
        {"/screen/curses/hangup_is_no_endless_loop", run_hangup},
    };

    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add_data_func(tests[i].name, (gconstpointer)tests[i].run, in_own_process);
    return g_test_run();
}
