/*
 * bench_terminal - what the whole program costs on a terminal: the real console on a pseudo
 * terminal of xterm-256color, its bytes counted and its processor time taken, at 62, 1,000 and
 * 10,000 hosts; beside them those of htop at the same refresh, where it is installed. Lines: name,
 * measured, budget, ok or MISSED; what has no budget is for comparison. SECONDS= in the environment
 * says how long each is looked at (3).
 */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/store/cluster_file.h"
#include "tests/support/stage.h"
#include "tests/support/temp_dir.h"

#define KEYS        200
#define NO_BUDGET   (-1.0)
#define NIGHT_SPEED "600"
#define CALM_MS     400   /* nothing written for so long: it has settled */
#define PATIENCE_MS 60000 /* for the first frame of ten thousand hosts */

struct console {
    pid_t pid;
    int master;
    clockid_t clock;
};

static gboolean missed;
static char *folder; /* of labs, and the home of what is run */
static guint seconds = 3;

static void report(const char *subject, const char *what, double measured, double budget,
                   const char *unit)
{
    gboolean ok = budget < 0 || measured <= budget;

    if (budget < 0)
        printf("terminal: %s: %s\t%.3f %s\n", subject, what, measured, unit);
    else
        printf("terminal: %s: %s\t%.3f %s\t%.3f %s\t%s\n", subject, what, measured, unit, budget,
               unit, ok ? "ok" : "MISSED");
    fflush(stdout);
    missed = missed || !ok;
}

static double now_ms(void)
{
    return (double)g_get_monotonic_time() / 1000;
}

/* --- The program ----------------------------------------------------------------------------- */

static struct console start(const char *const *argv, int width, int height)
{
    struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};
    struct console console = {0};

    console.pid = forkpty(&console.master, NULL, NULL, &size);
    if (console.pid < 0) {
        perror("bench_terminal: forkpty");
        exit(1);
    }
    if (console.pid == 0) {
        g_setenv("TERM", "xterm-256color", TRUE);
        g_setenv("LC_ALL", "C.UTF-8", TRUE);
        g_setenv("HOME", folder, TRUE);
        g_setenv("XDG_CONFIG_HOME", folder, TRUE);
        g_setenv("XDG_STATE_HOME", folder, TRUE);
        g_setenv("XDG_DATA_HOME", folder, TRUE);
        g_unsetenv("NO_COLOR");
        g_unsetenv("COLORTERM");
        execvp(argv[0], (char **)argv);
        _exit(127);
    }
    fcntl(console.master, F_SETFL, O_NONBLOCK);
    if (clock_getcpuclockid(console.pid, &console.clock) != 0)
        console.clock = CLOCK_MONOTONIC;
    return console;
}

static void end(struct console *console)
{
    kill(console->pid, SIGKILL);
    waitpid(console->pid, NULL, 0);
    close(console->master);
}

static double cpu_ms(const struct console *console)
{
    struct timespec now = {0};

    clock_gettime(console->clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double memory_mib(const struct console *console)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)console->pid);
    g_autofree char *text = NULL;
    const char *line;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    line = strstr(text, "VmRSS:");
    return line != NULL ? g_ascii_strtod(line + strlen("VmRSS:"), NULL) / 1024 : 0;
}

/* What has come within `most_ms`, or until nothing has for `calm_ms` (0 = the whole time). */
static double read_bytes(const struct console *console, double most_ms, double calm_ms)
{
    double end_ms = now_ms() + most_ms, last_ms = now_ms(), count = 0;

    while (now_ms() < end_ms && (calm_ms <= 0 || count <= 0 || now_ms() - last_ms < calm_ms)) {
        struct pollfd poll_fd = {.fd = console->master, .events = POLLIN};
        char bytes[65536];
        ssize_t length;

        if (poll(&poll_fd, 1, 20) <= 0)
            continue;
        length = read(console->master, bytes, sizeof bytes);
        if (length <= 0)
            break;
        count += (double)length;
        last_ms = now_ms();
    }
    return count;
}

static void press(const struct console *console, const char *keys)
{
    if (write(console->master, keys, strlen(keys)) < 0)
        perror("bench_terminal: write");
}

/* --- What is measured ------------------------------------------------------------------------ */

static void measure_span(const char *subject, const char *what, const struct console *console,
                         double bytes_budget, double cpu_budget)
{
    g_autofree char *bytes = g_strdup_printf("%s, sent", what);
    g_autofree char *cpu = g_strdup_printf("%s, processor", what);
    double before = cpu_ms(console), count = read_bytes(console, seconds * 1000.0, 0);

    report(subject, bytes, count / seconds, bytes_budget, "bytes/s");
    report(subject, cpu, (cpu_ms(console) - before) / seconds / 10, cpu_budget, "%");
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Right and Left by turns: two tiles and the lines about the host change. */
static void measure_keys(const char *subject, const char *what, const struct console *console)
{
    g_autofree char *latency = g_strdup_printf("%s, p99", what);
    g_autofree char *bytes = g_strdup_printf("%s, sent", what);
    double took[KEYS], count = 0;

    for (guint i = 0; i < KEYS; i++) {
        struct pollfd poll_fd = {.fd = console->master, .events = POLLIN};
        double begin;

        read_bytes(console, 15, 0);
        begin = now_ms();
        press(console, i % 2 == 0 ? "\033OC" : "\033OD");
        poll(&poll_fd, 1, 1000);
        took[i] = now_ms() - begin;
        count += read_bytes(console, 15, 0);
    }
    qsort(took, KEYS, sizeof took[0], compare_doubles);
    report(subject, latency, took[KEYS * 99 / 100 - 1], 16, "ms");
    report(subject, bytes, count / KEYS, NO_BUDGET, "bytes");
}

static char *write_lab(guint n_hosts)
{
    autoptr(stage) stage = stage_new(n_hosts);
    g_autofree char *text = cluster_file_format(stage->cluster, STAGE_WALL_US);
    char *path = g_strdup_printf("%s/lab%u.xml", folder, n_hosts);

    if (!g_file_set_contents(path, text, -1, NULL))
        exit(1);
    return path;
}

static const char *program(void)
{
    static char *path;

    if (path == NULL) {
        const char *out = g_getenv("OUT");

        path = g_build_filename(out != NULL ? out : "build/release", "roost", NULL);
    }
    return path;
}

static void measure_console(guint n_hosts, int width, int height, double memory_budget)
{
    g_autofree char *lab = write_lab(n_hosts);
    g_autofree char *subject = g_strdup_printf("%u hosts, %dx%d", n_hosts, width, height);
    const char *const argv[] = {program(), "--lab", lab, "--speed", "1", NULL};
    struct console console = start(argv, width, height);
    double begin = now_ms(), bytes = read_bytes(&console, PATIENCE_MS, CALM_MS);

    report(subject, "until it is calm", now_ms() - begin - CALM_MS, NO_BUDGET, "ms");
    report(subject, "until it is calm, sent", bytes, NO_BUDGET, "bytes");
    press(&console, "\033OH"); /* the welcome goes */
    read_bytes(&console, PATIENCE_MS, CALM_MS);
    measure_span(subject, "living", &console, NO_BUDGET, NO_BUDGET);
    measure_keys(subject, "a key", &console);
    press(&console, "."); /* the clock stops, and the lab with it */
    press(&console, "\033OH");
    read_bytes(&console, 1000, 0);
    measure_span(subject, "nothing moves", &console, 0, NO_BUDGET);
    report(subject, "memory", memory_mib(&console), memory_budget, "MiB");
    end(&console);
}

static void measure_night(guint n_hosts, int width, int height)
{
    g_autofree char *lab = write_lab(n_hosts);
    g_autofree char *subject =
        g_strdup_printf("%u hosts, %dx%d, a night x" NIGHT_SPEED, n_hosts, width, height);
    const char *const argv[] = {program(),  "--lab",        lab, "--speed", NIGHT_SPEED,
                                "--faults", "host-hangs=1", NULL};
    struct console console = start(argv, width, height);

    read_bytes(&console, 2000, 0); /* it is never calm */
    measure_span(subject, "all moves", &console, NO_BUDGET, NO_BUDGET);
    measure_keys(subject, "a key while hosts hang", &console);
    end(&console);
}

static void measure_htop(int width, int height)
{
    g_autofree char *subject = g_strdup_printf("htop, %dx%d, each second", width, height);
    const char *const argv[] = {"htop", "-d", "10", NULL};
    g_autofree char *found = g_find_program_in_path("htop");
    struct console console;

    if (found == NULL) {
        printf("terminal: htop is not installed: nothing to compare with\n");
        return;
    }
    console = start(argv, width, height);
    read_bytes(&console, 3000, 0);
    measure_span(subject, "living", &console, NO_BUDGET, NO_BUDGET);
    report(subject, "memory", memory_mib(&console), NO_BUDGET, "MiB");
    end(&console);
}

int main(void)
{
    const char *wanted = g_getenv("SECONDS");

    if (wanted != NULL)
        seconds = (guint)CLAMP(g_ascii_strtoull(wanted, NULL, 10), 1, 3600);
    folder = temp_dir_new();
    measure_htop(80, 24);
    measure_htop(200, 50);
    measure_console(62, 80, 24, 24);
    measure_console(62, 200, 50, 24);
    measure_console(1000, 200, 50, 96);
    measure_console(10000, 200, 50, NO_BUDGET);
    measure_night(62, 80, 24);
    measure_night(1000, 200, 50);
    temp_dir_remove(folder);
    g_free(folder);
    return missed ? 1 : 0;
}
