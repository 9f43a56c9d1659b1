/*
 * test_manners.c - the real program on a terminal of its own: whichever way it ends, the terminal
 * is given back clean; and a terminal that takes nothing holds up neither keys nor the lab.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "tests/support/temp_dir.h"

#define DEADLINE_MS 30000 /* only a broken test waits that long */

struct console {
    char *dir; /* home and all else */
    pid_t pid;
    int master;
    GString *sent; /* all that it wrote */
    struct termios before;
    int status; /* as of waitpid, once it has ended */
};

/* --- The terminal ----------------------------------------------------------------------------- */

static char *program_path(void)
{
    const char *out = g_getenv("OUT");
    g_autofree char *path = g_build_filename(out != NULL ? out : "build/release", "roost", NULL);

    return g_canonicalize_filename(path, NULL);
}

static void become_console(const struct console *console, const char *const *arguments)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *program = program_path();

    g_setenv("TERM", "xterm-256color", TRUE);
    g_setenv("HOME", console->dir, TRUE);
    g_setenv("XDG_STATE_HOME", console->dir, TRUE);
    g_setenv("XDG_CONFIG_HOME", console->dir, TRUE);
    g_unsetenv("G_DEBUG");
    /* What runs in the background may have them ignored; what a shell starts has not. */
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    g_ptr_array_add(argv, (gpointer) "roost");
    for (; *arguments != NULL; arguments++)
        g_ptr_array_add(argv, (gpointer)*arguments);
    g_ptr_array_add(argv, NULL);
    execv(program, (char **)argv->pdata);
    _exit(127);
}

static void start(struct console *console, const char *const *arguments)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    int slave;

    if (console->dir == NULL)
        console->dir = temp_dir_new();
    console->sent = g_string_new(NULL);
    console->status = -1;
    g_assert_cmpint(openpty(&console->master, &slave, NULL, NULL, &size), ==, 0);
    tcgetattr(slave, &console->before);
    console->pid = fork();
    if (console->pid == 0) {
        login_tty(slave);
        close(console->master);
        become_console(console, arguments);
    }
    close(slave);
    fcntl(console->master, F_SETFL, O_NONBLOCK);
}

static void read_some(struct console *console)
{
    char bytes[4096];
    ssize_t length;

    while ((length = read(console->master, bytes, sizeof bytes)) > 0)
        g_string_append_len(console->sent, bytes, length);
}

static gboolean has_ended(struct console *console)
{
    if (console->status == -1 && waitpid(console->pid, &console->status, WNOHANG) != console->pid)
        console->status = -1;
    return console->status != -1;
}

typedef gboolean (*holds_func)(struct console *console, gconstpointer data);

/* Waits until it is so, and reads nothing meanwhile; fails at the deadline. */
static void wait_unread(struct console *console, holds_func holds, gconstpointer data)
{
    gint64 until_us = g_get_monotonic_time() + (gint64)DEADLINE_MS * 1000;

    while (!holds(console, data)) {
        g_assert_cmpint(g_get_monotonic_time(), <, until_us);
        g_usleep(20000);
    }
}

/* The same, and reads on. */
static void wait_until(struct console *console, holds_func holds, gconstpointer data)
{
    gint64 until_us = g_get_monotonic_time() + (gint64)DEADLINE_MS * 1000;

    for (;;) {
        struct pollfd poll_fd = {.fd = console->master, .events = POLLIN};

        read_some(console);
        if (holds(console, data))
            return;
        g_assert_cmpint(g_get_monotonic_time(), <, until_us);
        if (poll(&poll_fd, 1, 20) > 0 && !(poll_fd.revents & POLLIN))
            g_usleep(5000); /* nobody is there any more: its end is awaited */
    }
}

static gboolean wrote(struct console *console, gconstpointer text)
{
    return strstr(console->sent->str, text) != NULL;
}

static gboolean ended(struct console *console, gconstpointer data)
{
    (void)data;
    return has_ended(console);
}

static gboolean stopped(struct console *console, gconstpointer data)
{
    int status;

    (void)data;
    return waitpid(console->pid, &status, WNOHANG | WUNTRACED) == console->pid &&
           WIFSTOPPED(status);
}

static void type(struct console *console, const char *keys)
{
    g_assert_cmpint(write(console->master, keys, strlen(keys)), ==, (gssize)strlen(keys));
}

/* All that was typed has been read. */
static gboolean took_input(struct console *console, gconstpointer data)
{
    int slave = open(ptsname(console->master), O_RDONLY | O_NOCTTY | O_CLOEXEC);
    int waiting = 0;

    (void)data;
    g_assert_cmpint(slave, >=, 0);
    g_assert_cmpint(ioctl(slave, FIONREAD, &waiting), ==, 0);
    close(slave);
    return waiting == 0;
}

/* A key of its own: what follows it at once would make another one of both. */
static void type_escape(struct console *console)
{
    type(console, "\033");
    wait_until(console, took_input, NULL);
    g_usleep(60000);
}

static void end(struct console *console)
{
    if (!has_ended(console)) {
        kill(console->pid, SIGKILL);
        waitpid(console->pid, NULL, 0);
    }
    close(console->master);
    g_string_free(console->sent, TRUE);
    temp_dir_remove(console->dir);
    g_free(console->dir);
}

/* --- Its modes -------------------------------------------------------------------------------- */

/* Whether the terminal is in that mode after all that was sent. */
static gboolean is_on(const struct console *console, const char *mode)
{
    g_autofree char *on = g_strdup_printf("\033[?%sh", mode);
    g_autofree char *off = g_strdup_printf("\033[?%sl", mode);
    const char *last_on = g_strrstr_len(console->sent->str, (gssize)console->sent->len, on);
    const char *last_off = g_strrstr_len(console->sent->str, (gssize)console->sent->len, off);

    return last_on != NULL && (last_off == NULL || last_on > last_off);
}

/* ncurses turns the cursor on by "?12l ?25h". */
static gboolean has_cursor(const struct console *console)
{
    const char *hidden = g_strrstr_len(console->sent->str, (gssize)console->sent->len, "\033[?25l");
    const char *shown = g_strrstr_len(console->sent->str, (gssize)console->sent->len, "?25h");

    return hidden == NULL || (shown != NULL && shown > hidden);
}

static void assert_taken(const struct console *console)
{
    g_assert_true(is_on(console, "1002"));
    g_assert_true(is_on(console, "1006"));
    g_assert_true(is_on(console, "2004"));
    g_assert_true(is_on(console, "1049"));
}

static void assert_clean(struct console *console)
{
    static const char *const modes[] = {"9",    "1000", "1002", "1003", "1005", "1006",
                                        "1015", "2004", "1049", "1047", "47"};
    struct termios now;

    read_some(console);
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++)
        g_assert_false(is_on(console, modes[i]));
    g_assert_true(has_cursor(console));
    g_assert_cmpint(tcgetattr(console->master, &now), ==, 0);
    g_assert_cmpuint(now.c_lflag, ==, console->before.c_lflag);
    g_assert_cmpuint(now.c_iflag, ==, console->before.c_iflag);
    g_assert_cmpuint(now.c_oflag, ==, console->before.c_oflag);
}

static const char *const simulated[] = {"--lab", "small", "--speed", "1", NULL};

static void start_shown(struct console *console)
{
    *console = (struct console){0};
    start(console, simulated);
    wait_until(console, wrote, "pc01");
    wait_until(console, wrote, "help");
    assert_taken(console);
}

/* --- Every way to end ------------------------------------------------------------------------- */

static void test_key(void)
{
    struct console console;

    start_shown(&console);
    type(&console, "q");
    wait_until(&console, ended, NULL);
    g_assert_true(WIFEXITED(console.status) && WEXITSTATUS(console.status) == 0);
    assert_clean(&console);
    end(&console);
}

/* By a signal that asks: it ends by itself; by one that kills: it dies of that, clean. */
static void test_signal(gconstpointer number)
{
    struct console console;
    int sent = GPOINTER_TO_INT(number);

    start_shown(&console);
    kill(console.pid, sent);
    wait_until(&console, ended, NULL);
    if (sent == SIGTERM || sent == SIGHUP)
        g_assert_true(WIFEXITED(console.status) && WEXITSTATUS(console.status) == 0);
    else
        g_assert_true(!WIFEXITED(console.status) || WEXITSTATUS(console.status) != 0);
    assert_clean(&console);
    end(&console);
}

/* The line is lost: nobody is left to be clean for, and it must not stay behind. */
static void test_lost_line(void)
{
    struct console console;

    start_shown(&console);
    close(console.master);
    console.master = open("/dev/null", O_RDONLY | O_CLOEXEC);
    wait_until(&console, ended, NULL);
    g_test_message("status %x", (guint)console.status);
    g_assert_true(WIFEXITED(console.status) && WEXITSTATUS(console.status) == 0);
    end(&console);
}

static void test_stop_and_continue(void)
{
    struct console console;

    start_shown(&console);
    kill(console.pid, SIGTSTP);
    /* It leads its session, which nobody could continue: it is told to stop and goes on. */
    g_string_truncate(console.sent, 0);
    kill(console.pid, SIGSTOP);
    wait_until(&console, stopped, NULL);
    g_string_truncate(console.sent, 0);
    kill(console.pid, SIGCONT);
    wait_until(&console, wrote, "pc01"); /* all of it again */
    wait_until(&console, wrote, "\033[?1002h");
    type(&console, "q");
    wait_until(&console, ended, NULL);
    assert_clean(&console);
    end(&console);
}

/* At any moment, by the hundred. */
static void test_resizes(void)
{
    struct console console;

    start_shown(&console);
    for (unsigned short i = 0; i < 300; i++) {
        struct winsize size = {.ws_row = (unsigned short)(1 + i * 7 % 60),
                               .ws_col = (unsigned short)(1 + i * 13 % 220)};

        ioctl(console.master, TIOCSWINSZ, &size);
        read_some(&console);
    }
    ioctl(console.master, TIOCSWINSZ, &(struct winsize){.ws_row = 50, .ws_col = 200});
    g_string_truncate(console.sent, 0);
    type(&console, "\f");                    /* all of it again */
    wait_until(&console, wrote, "\033[50;"); /* down to its last line */
    wait_until(&console, wrote, "pc01");
    kill(console.pid, SIGTERM);
    wait_until(&console, ended, NULL);
    assert_clean(&console);
    end(&console);
}

/* --- A terminal that takes nothing ------------------------------------------------------------ */

static goffset journal_size(const struct console *console)
{
    g_autofree char *path =
        g_build_filename(console->dir, "store", "simulated", "ercolani", "journal.log", NULL);
    g_autofree char *text = NULL;
    gsize length = 0;

    return g_file_get_contents(path, &text, &length, NULL) ? (goffset)length : 0;
}

static gboolean journal_grew(struct console *console, gconstpointer before)
{
    return journal_size(console) > *(const goffset *)before;
}

static void start_autopilot(struct console *console)
{
    const char *arguments[] = {"-c", NULL, "--lab", "ercolani", "--speed", "600", NULL};
    g_autofree char *config = NULL;
    g_autofree char *text = NULL;

    *console = (struct console){.dir = temp_dir_new()};
    config = g_build_filename(console->dir, "roost.conf", NULL);
    text = g_strdup_printf("[cluster]\nstore=%s/store\n[automatic]\nmode=always\n", console->dir);
    g_assert_true(g_file_set_contents(config, text, -1, NULL));
    arguments[1] = config;
    start(console, arguments);
}

/*
 * The safety of a lab: the autopilot goes on while nobody reads what its console draws. Resizes and
 * theme changes make it draw all anew, more than any terminal keeps.
 */
static void test_autopilot_goes_on(void)
{
    struct console console;
    goffset size;

    start_autopilot(&console);
    wait_until(&console, wrote, "pc01");
    for (unsigned short i = 0; i < 200; i++) { /* 200 screens, and nothing is read */
        ioctl(console.master, TIOCSWINSZ,
              &(struct winsize){.ws_row = 50, .ws_col = (unsigned short)(190 + i % 20)});
        kill(console.pid, SIGWINCH);
        g_usleep(5000); /* the pace of a hand that pulls at a window */
    }
    size = journal_size(&console);
    for (guint i = 0; i < 5; i++) { /* it moves VMs and switches hosts off, again and again */
        wait_unread(&console, journal_grew, &size);
        size = journal_size(&console);
    }
    g_assert_false(has_ended(&console));
    kill(console.pid, SIGTERM); /* and ends, though its terminal still takes nothing */
    wait_unread(&console, ended, NULL);
    end(&console);
}

/* What was drawn meanwhile is left out: once it is read again the screen is soon that of now. */
static void test_catches_up(void)
{
    struct console console;
    gsize length;

    start_shown(&console);
    g_string_truncate(console.sent, 0);
    for (guint i = 0; i < 400; i++) { /* views come and go, a whole screen each */
        type(&console, i % 2 == 0 ? "J" : "L");
        ioctl(console.master, TIOCSWINSZ,
              &(struct winsize){.ws_row = 60, .ws_col = (unsigned short)(200 + i % 8)});
        kill(console.pid, SIGWINCH);
        g_usleep(3000); /* the pace of a key that is held down */
    }
    kill(console.pid, SIGTERM);
    wait_until(&console, ended, NULL);
    length = console.sent->len;
    /* What the kernel keeps of a pty, and a screen or two. 400 would be megabytes. */
    g_assert_cmpuint(length, <, 300 * 1000);
    assert_clean(&console);
    end(&console);
}

/* 300 bytes a second are read: a key is answered by the frame after the next, and it can be left.
 */
static void test_slow_line(void)
{
    struct console console;
    gint64 until_us;

    start_shown(&console);
    type(&console, "q");
    until_us = g_get_monotonic_time() + (gint64)DEADLINE_MS * 1000;
    while (!has_ended(&console) && g_get_monotonic_time() < until_us) {
        char bytes[30];
        ssize_t got = read(console.master, bytes, sizeof bytes);

        if (got > 0)
            g_string_append_len(console.sent, bytes, got);
        g_usleep(100000); /* the pace of the line */
    }
    g_assert_true(has_ended(&console));
    assert_clean(&console);
    end(&console);
}

static guint count_questions(const struct console *console)
{
    guint n = 0;

    for (const char *at = console->sent->str; (at = strstr(at, "\033[5n")) != NULL; at++)
        n++;
    return n;
}

static gboolean asked(struct console *console, gconstpointer n)
{
    return count_questions(console) >= GPOINTER_TO_UINT(n);
}

/* All of it was drawn again, and it was asked behind that. */
static gboolean asked_anew(struct console *console, gconstpointer data)
{
    const char *cleared = strstr(console->sent->str, "\033[2J");

    (void)data;
    return cleared != NULL && strstr(cleared, "\033[5n") != NULL;
}

/*
 * The kernel, and an ssh, take far more than a slow line shows. A terminal that says when it has
 * shown a frame is sent no other one before, while the lab goes on; and then that of now.
 */
static void test_waits_for_what_is_shown(void)
{
    struct console console;
    goffset before;
    gsize length = 0;

    start_autopilot(&console);
    wait_until(&console, asked, GUINT_TO_POINTER(1));
    wait_until(&console, wrote, "pc01");
    g_string_truncate(console.sent, 0);
    type(&console, "\033[0n\033[0n\f"); /* it answers, and so is waited for */
    wait_until(&console, asked_anew, NULL);
    for (guint i = 0; i < 5; i++) {
        before = journal_size(&console);
        wait_until(&console, journal_grew, &before);
        if (i == 0)
            length = console.sent->len; /* all of the frame that was asked about */
    }
    g_assert_cmpuint(console.sent->len, ==, length);
    type(&console, "?\033[0");
    type(&console, "n");
    wait_until(&console, wrote, "Moving about");
    type(&console, "\033[0n");
    kill(console.pid, SIGTERM);
    wait_until(&console, ended, NULL);
    assert_clean(&console);
    end(&console);
}

/* What is asked at the end would be answered to the shell: its answer is waited for. */
static void test_no_answer_is_left_over(void)
{
    struct console console;
    guint n;

    start_shown(&console);
    type(&console, "\033[0n\033[0n"); /* to both that were asked so far */
    n = count_questions(&console);
    type(&console, "L?");
    wait_until(&console, asked, GUINT_TO_POINTER(n + 1));
    kill(console.pid, SIGTERM);
    wait_until(&console, wrote, "\033[?1049l");
    g_assert_false(has_ended(&console));
    type(&console, "\033[0n");
    wait_until(&console, ended, NULL);
    assert_clean(&console);
    end(&console);
}

/* --- Pastes ----------------------------------------------------------------------------------- */

/* Whatever is pasted, and whichever view is open: nothing is asked, nothing done, nobody leaves. */
static void test_paste(void)
{
    static const char *const views[] = {"", "?", "J", "L", "p", "x", ":", "/"};
    struct console console;

    start_shown(&console);
    for (guint i = 0; i < G_N_ELEMENTS(views); i++) {
        type(&console, views[i]);
        type(&console, "\033[200~woaqy\ny\rq\n\033[201~");
        wait_until(&console, took_input, NULL);
        type_escape(&console);
        type_escape(&console);
        g_assert_false(has_ended(&console));
    }
    g_assert_null(strstr(console.sent->str, "Switch"));
    g_string_truncate(console.sent, 0);
    type(&console, "\f"); /* all of it again */
    wait_until(&console, wrote, "pc01");
    g_assert_null(strstr(console.sent->str, "off?"));
    type(&console, "q");
    wait_until(&console, ended, NULL);
    end(&console);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = {
        {"/manners/clean_after/SIGTERM", SIGTERM}, {"/manners/clean_after/SIGHUP", SIGHUP},
        {"/manners/clean_after/SIGQUIT", SIGQUIT}, {"/manners/clean_after/SIGSEGV", SIGSEGV},
        {"/manners/clean_after/SIGABRT", SIGABRT}, {"/manners/clean_after/SIGBUS", SIGBUS},
        {"/manners/clean_after/SIGFPE", SIGFPE},
    };

    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN);
    g_test_add_func("/manners/clean_after/key", test_key);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
        g_test_add_data_func(signals[i].name, GINT_TO_POINTER(signals[i].number), test_signal);
    g_test_add_func("/manners/a_lost_line_ends_it", test_lost_line);
    g_test_add_func("/manners/stops_and_continues", test_stop_and_continue);
    g_test_add_func("/manners/any_size_at_any_moment", test_resizes);
    g_test_add_func("/manners/the_autopilot_needs_no_reader", test_autopilot_goes_on);
    g_test_add_func("/manners/frames_are_left_out_not_queued", test_catches_up);
    g_test_add_func("/manners/a_slow_line_is_answered", test_slow_line);
    g_test_add_func("/manners/waits_for_what_is_shown", test_waits_for_what_is_shown);
    g_test_add_func("/manners/no_answer_is_left_over", test_no_answer_is_left_over);
    g_test_add_func("/manners/pastes_do_nothing", test_paste);
    return g_test_run();
}
